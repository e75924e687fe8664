using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace OrleansDaap.CloudNativePg.Kubernetes.Http;

/// <summary>Splits a watch's answer into its JSON documents, one a line.</summary>
internal static class WatchLines
{
    /// <exception cref="IOException">The stream ended within a line.</exception>
    /// <exception cref="JsonException">A line is no JSON.</exception>
    public static async IAsyncEnumerable<JsonElement> ReadAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 64 * 1024, leaveOpen: true));
        try
        {
            while (true)
            {
                var read = await reader.ReadAsync(cancellationToken);
                var rest = read.Buffer;
                while (rest.PositionOf((byte)'\n') is { } end)
                {
                    var line = Parse(rest.Slice(0, end));
                    rest = rest.Slice(rest.GetPosition(1, end));
                    if (line is { } document) yield return document;
                }

                if (read.IsCompleted)
                {
                    // Go's encoder ends every document with a new line, so what has none was cut off.
                    if (!rest.IsEmpty) throw new IOException("The watch was cut within an event.");
                    yield break;
                }

                reader.AdvanceTo(rest.Start, rest.End);
            }
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    private static JsonElement? Parse(ReadOnlySequence<byte> line)
    {
        if (line.IsEmpty) return null;
        var reader = new Utf8JsonReader(line);
        return JsonElement.ParseValue(ref reader);
    }
}
