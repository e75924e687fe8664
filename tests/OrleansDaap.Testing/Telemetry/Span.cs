using System.Text;

namespace OrleansDaap.Testing.Telemetry;

/// <summary>A span, as a collector gets it.</summary>
/// <param name="Trace">What it belongs to, in hexadecimal.</param>
/// <param name="Id">Its own, in hexadecimal.</param>
/// <param name="Parent">The span that it lies in; empty for none.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Tags">Those that are texts.</param>
public sealed record Span(string Trace, string Id, string Parent, string Name, IReadOnlyDictionary<string, string> Tags)
{
    /// <summary>Those of an <c>ExportTraceServiceRequest</c>, by the field numbers of OpenTelemetry's protocol.</summary>
    public static IEnumerable<Span> Read(ReadOnlyMemory<byte> request) =>
        from resourceSpans in Of(request, 1)
        from scopeSpans in Of(resourceSpans, 2)
        from span in Of(scopeSpans, 2)
        select new Span(Hex(span, 1), Hex(span, 2), Hex(span, 4), Text(span, 5), TagsOf(span));

    private static Dictionary<string, string> TagsOf(ReadOnlyMemory<byte> span) =>
        Of(span, 9).ToDictionary(pair => Text(pair, 1), pair => Text(Of(pair, 2).Single(), 1));

    private static IEnumerable<ReadOnlyMemory<byte>> Of(ReadOnlyMemory<byte> message, int number) =>
        ProtobufField.Read(message).Where(field => field.Number == number).Select(field => field.Bytes);

    private static string Hex(ReadOnlyMemory<byte> message, int number) => Convert.ToHexString(Of(message, number).FirstOrDefault().Span);

    private static string Text(ReadOnlyMemory<byte> message, int number) => Encoding.UTF8.GetString(Of(message, number).FirstOrDefault().Span);
}
