using OrleansDaap.EmbeddedSilo.Calls;

namespace OrleansDaap.EmbeddedSilo.Activations;

/// <summary>
/// Runs the turns of one activation, one at a time, on the thread pool. As a task scheduler it also gets what follows an await in a
/// grain's code, so nothing of a grain ever runs beside another part of it.
/// </summary>
internal sealed class TurnScheduler : TaskScheduler, IThreadPoolWorkItem
{
    // So many turns go by before other activations get the thread; at about a microsecond a turn that is a tenth of a millisecond.
    private const int TurnsPerSlice = 100;

    [ThreadStatic]
    private static TurnScheduler? onThisThread;

    private readonly Queue<object> _turns = new();
    private bool _isScheduled;

    public override int MaximumConcurrencyLevel => 1;

    public void Enqueue(GrainCall call) => Add(call);

    void IThreadPoolWorkItem.Execute()
    {
        onThisThread = this;
        try
        {
            for (var i = 0; i < TurnsPerSlice; i++)
            {
                object? turn;
                lock (_turns)
                {
                    if (!_turns.TryDequeue(out turn))
                    {
                        _isScheduled = false;
                        return;
                    }
                }

                if (turn is not Task task)
                {
                    // The task gives the call this scheduler as its current one, and an execution context of its own.
                    new Task(static call => ((GrainCall)call!).Execute(), turn).RunSynchronously(this);
                }
                else
                {
                    TryExecuteTask(task);
                }
            }
        }
        finally
        {
            onThisThread = null;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    protected override void QueueTask(Task task) => Add(task);

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && ReferenceEquals(onThisThread, this) && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_turns)
        {
            return [.. _turns.OfType<Task>()];
        }
    }

    private void Add(object turn)
    {
        lock (_turns)
        {
            _turns.Enqueue(turn);
            if (_isScheduled)
            {
                return;
            }

            _isScheduled = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
    }
}
