using System.Net;
using System.Text.Json;

namespace OrleansDaap.IntegrationTests.Replicas;

internal sealed record ReplicaAnswer(HttpStatusCode Status, JsonElement Json)
{
    public string this[string property] => Json.GetProperty(property).GetString()!;
}
