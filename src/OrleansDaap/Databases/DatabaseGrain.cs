using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansDaap.Common;
using OrleansDaap.Provisioning;
using OrleansDaap.Quotas;
using OrleansDaap.Tiers;

namespace OrleansDaap.Databases;

internal sealed partial class DatabaseGrain(
    [PersistentState("database", "platform")] IPersistentState<DatabaseState> database,
    IPostgresBackend backend,
    TimeProvider clock,
    IOptions<DatabaseOptions> options,
    ILogger<DatabaseGrain> logger) : Grain, IDatabaseGrain, IRemindable
{
    public const string ReconcileReminder = "reconcile";

    private IGrainTimer? _wakeUp;

    /// <summary>The generation that this activation last asked the backend for.</summary>
    private long _asked;

    /// <summary>A write has failed, so that what is in memory may differ from what is stored.</summary>
    private bool _stale;

    /// <summary>Something newer is being written: calls that interleave must not tell of what a crash would undo, but of what is stored.</summary>
    private bool _saving;

    /// <summary>It is being accepted: a look from outside, such as a restore's source takes, must not end the activation that is to go on with it.</summary>
    private bool _creating;

    /// <summary>What is stored meanwhile; null when there is nothing yet.</summary>
    private DatabaseState? _stored;

    private DatabaseId Id => new(this.GetPrimaryKeyString());

    public async Task<DatabaseState> CreateAsync(NewDatabase request, AuditEntry? entry)
    {
        await RefreshAsync();
        if (database.RecordExists)
        {
            return Answer();
        }

        _creating = true;
        try
        {
            return await AcceptNewAsync(request, entry);
        }
        catch (ProblemException) when (request.Recovery is not null && !database.RecordExists)
        {
            await GrainFactory.GetGrain<IDatabaseGrain>(request.Recovery.Database.Value).ForgetRestoreAsync(Id);
            throw;
        }
        finally
        {
            _creating = false;
        }
    }

    private async Task<DatabaseState> AcceptNewAsync(NewDatabase request, AuditEntry? entry)
    {
        var tier = request.Recovery is { } recovery
            ? (await GrainFactory.GetGrain<IDatabaseGrain>(recovery.Database.Value).PrepareRestoreAsync(Id, recovery.TargetTime)).Tier
            : await FindTierAsync(request.Tier);
        var quota = GrainFactory.GetGrain<IQuotaGrain>(tier.Id);
        await quota.ReserveAsync(Id, DatabaseCost.Of(tier.Spec));
        try
        {
            // Whoever deletes the tier looks for reservations first: either it saw ours, or we see the tier gone.
            await FindTierAsync(tier.Id);
            await Task.WhenAll(
                SaveAsync(DatabaseRequests.Create(Id, request, tier, clock.GetUtcNow()), entry),
                this.RegisterOrUpdateReminder(ReconcileReminder, options.Value.ReconcileEvery, options.Value.ReconcileEvery));
        }
        catch (Exception exception) when (exception is UniqueKeyTakenException or ProblemException)
        {
            await quota.ReleaseAsync(Id);
            throw exception is ProblemException
                ? exception
                : new ProblemException(ProblemCode.NameTaken, $"The team {request.OwnerTeam} has a database called {request.Name} already.");
        }
        finally
        {
            // Also when only the reminder could not be written: whoever is told so, the database is there.
            if (database.RecordExists)
            {
                WakeAfter(TimeSpan.Zero);
            }
        }

        return Answer(entry);
    }

    public Task<DatabaseState?> GetAsync()
    {
        if (_saving)
        {
            return Task.FromResult(_stored);
        }

        if (!database.RecordExists && !_creating)
        {
            DeactivateOnIdle();
        }

        return Task.FromResult(database.RecordExists ? Answer() : null);
    }

    public async Task<DatabaseState> ChangeAsync(DatabaseChange change, IfMatch? condition, AuditEntry? entry)
    {
        try
        {
            return await AcceptAsync(state => DatabaseRequests.Change(state, change, clock.GetUtcNow()), condition, entry);
        }
        catch (UniqueKeyTakenException)
        {
            throw new ProblemException(ProblemCode.NameTaken, $"The team {change.OwnerTeam} has a database called {database.State.Name} already.");
        }
    }

    public Task<DatabaseState> DestroyAsync(bool hard, IfMatch? condition, AuditEntry? entry) =>
        AcceptAsync(state => DatabaseRequests.Destroy(state, hard, clock.GetUtcNow()), condition, entry);

    public Task<DatabaseState> UnfreezeAsync(AuditEntry? entry) =>
        AcceptAsync(state => DatabaseRequests.Unfreeze(state, clock.GetUtcNow()), condition: null, entry);

    public async Task<DatabaseState> BackUpAsync(BackupRequest request, AuditEntry? entry)
    {
        var answer = await AcceptAsync(state => DatabaseRequests.BackUp(state, request, clock.GetUtcNow()), condition: null, entry);
        WakeAfter(TimeSpan.Zero);
        return answer;
    }

    public Task RemindAsync() => this.RegisterOrUpdateReminder(ReconcileReminder, options.Value.ReconcileEvery, options.Value.ReconcileEvery);

    public Task ReceiveReminder(string reminderName, TickStatus status) => ReconcileAsync(scheduled: true);

    public Task ReconcileAsync() => ReconcileAsync(scheduled: false);

    private async Task ReconcileAsync(bool scheduled)
    {
        try
        {
            await RefreshAsync();
            await (database.RecordExists ? TakeStepAsync() : ForgetAsync());
            await ObserveExtensionsAsync(scheduled);
        }
        catch (BackendUnavailableException exception)
        {
            await NoteBackendTroubleAsync(exception);
        }
        catch
        {
            // The store is away, say: whoever woke the grain may not come again before its reminder does.
            WakeAfter(options.Value.FirstRetryAfter);
            throw;
        }
    }

    private async Task TakeStepAsync()
    {
        var seen = await LookAsync(database.State);
        DatabaseTelemetry.Seen(database.State, clock.GetUtcNow());
        var (step, next) = DatabasePlan.Next(await WithPresentRestoresAsync(), seen, _asked, clock.GetUtcNow(), options.Value);
        LogStep(logger, Id, step.GetType().Name, seen.Phase);
        await DatabaseTelemetry.StepAsync(Id, step, clock, () => CarryOutAsync(step, next));
        if (next != database.State)
        {
            await SaveAsync(next);
            LogStatus(logger, Id, next.Status, next.StatusReason?.Code ?? "none");
        }

        if (next.Status == DatabaseStatus.Deleted)
        {
            await ForgetAsync();
        }
    }

    private async Task CarryOutAsync(DatabaseStep step, DatabaseState next)
    {
        switch (step)
        {
            case DatabaseStep.Apply apply:
                _asked = apply.Spec.Generation;
                await backend.ApplyAsync(apply.Spec, CancellationToken.None);
                WakeAfter(options.Value.ProgressDeadline);
                break;
            case DatabaseStep.Destroy destroy:
                _asked = next.Generation;
                if (destroy.IsGone)
                {
                    await ReleaseQuotaAsync();
                }

                await backend.DestroyAsync(Id, destroy.KeepBackups, CancellationToken.None);

                // No event tells that the restores are over which its backups wait for.
                WakeAfter(destroy is { IsGone: true, KeepBackups: true } ? options.Value.RetryAtLeastEvery : options.Value.ProgressDeadline);
                break;
            case DatabaseStep.BackUp backUp:
                // What follows a backup, the removal of those that are too old, is the backend's to begin.
                await backend.KeepBackupsAsync(Id, keep: next.Restores is not null, CancellationToken.None);
                await backend.BackUpAsync(Id, backUp.Request, CancellationToken.None);
                WakeAfter(options.Value.ProgressDeadline);
                break;
            case DatabaseStep.Drill drill:
                await backend.DrillAsync(Id, drill.Id, CancellationToken.None);
                WakeAfter(options.Value.ProgressDeadline);
                break;
            case DatabaseStep.ReleaseQuota:
                await ReleaseQuotaAsync();
                break;
            case DatabaseStep.TrimQuota:
                await TrimQuotaAsync();

                // What only the new tier promises, a first backup say, begins now.
                WakeAfter(TimeSpan.Zero);
                break;
            case DatabaseStep.Wait wait:
                WakeAfter(wait.Time);
                break;
            case DatabaseStep.Rest:
                StopWaking();
                break;
        }
    }

    private async Task<ClusterObservation> LookAsync(DatabaseState state) => (await backend.ObserveAsync(Id, CancellationToken.None)).After(state.Observed);

    /// <summary>Saves what a request makes of the state, and sets off the work that follows from it.</summary>
    private async Task<DatabaseState> AcceptAsync(Func<DatabaseState, DatabaseState> request, IfMatch? condition, AuditEntry? entry)
    {
        await RefreshAsync();
        MustExist();
        condition?.Demand(Answer().ETag);
        var next = request(database.State);
        var isChange = next != database.State;
        if (isChange)
        {
            await SaveAsync(next, entry);
        }

        if (!next.Settled)
        {
            WakeAfter(TimeSpan.Zero);
        }

        return Answer(isChange ? entry : null);
    }

    /// <summary>What callers get: the record as last saved, its version, and the entry that was saved with it for them.</summary>
    private DatabaseState Answer(AuditEntry? entry = null) => database.State.WithETag() with { Audit = entry };

    private void MustExist()
    {
        if (!database.RecordExists)
        {
            DeactivateOnIdle();
            throw ProblemException.NotFound($"database {Id}");
        }
    }

    /// <summary>A database that serves is not touched by a backend that cannot be asked; one that waits for it says so.</summary>
    private async Task NoteBackendTroubleAsync(Exception exception)
    {
        LogBackendTrouble(logger, exception, Id);
        var now = clock.GetUtcNow();
        if (database.State.Settled)
        {
            WakeAfter(options.Value.RetryAtLeastEvery);
            return;
        }

        var next = DatabasePlan.Failed(database.State, new StatusReason("backend-unavailable", exception.Message, now), now, options.Value);
        await SaveAsync(next);
        WakeAfter(next.RetryAt!.Value - now);
    }

    private async Task<TierState> FindTierAsync(string tier) =>
        await GrainFactory.GetGrain<ITierGrain>(tier).GetAsync() ?? throw ProblemException.Invalid("tier", $"There is no tier called {tier}.");

    private async Task SaveAsync(DatabaseState next, AuditEntry? entry = null)
    {
        var before = database.State;
        (_saving, _stored) = (true, database.RecordExists ? Answer() : null);
        database.State = next with { Audit = entry };
        try
        {
            await database.WriteStateAsync();
            database.State = next;
        }
        catch
        {
            database.State = before;
            _stale = true;
            throw;
        }
        finally
        {
            (_saving, _stored) = (false, null);
        }
    }

    private async Task RefreshAsync()
    {
        if (_stale)
        {
            await database.ReadStateAsync();
            _stale = false;
        }
    }

    /// <summary>Nothing is left to do here, ever.</summary>
    private async Task ForgetAsync()
    {
        StopWaking();
        if (await this.GetReminder(ReconcileReminder) is { } reminder)
        {
            await this.UnregisterReminder(reminder);
        }

        DeactivateOnIdle();
    }

    private void WakeAfter(TimeSpan time)
    {
        _wakeUp?.Dispose();
        var (asked, wait) = (clock.GetTimestamp(), time > TimeSpan.Zero ? time : TimeSpan.Zero);
        _wakeUp = this.RegisterGrainTimer(
            (grain, _) =>
            {
                DatabaseTelemetry.Late(clock.GetElapsedTime(asked) - wait);
                return grain.ReconcileAsync();
            },
            this,
            new GrainTimerCreationOptions(wait, Timeout.InfiniteTimeSpan) { KeepAlive = true });
    }

    private void StopWaking()
    {
        _wakeUp?.Dispose();
        _wakeUp = null;
    }
}
