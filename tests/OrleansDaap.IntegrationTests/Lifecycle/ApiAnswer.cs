using System.Text.Json;

namespace OrleansDaap.IntegrationTests.Lifecycle;

/// <summary>What a request was answered; null as a status when the server died meanwhile, so that what came of it has to be found out.</summary>
internal sealed record ApiAnswer(string RequestId, int? Status, JsonElement Body)
{
    public override string ToString() => $"{Status} {Body}";
}
