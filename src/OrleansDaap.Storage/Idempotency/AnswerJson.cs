using System.Text.Json.Serialization;
using OrleansDaap.Access;

namespace OrleansDaap.Storage.Idempotency;

/// <summary>How answers are kept.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(StoredAnswer))]
internal sealed partial class AnswerJson : JsonSerializerContext;
