using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrleansDaap.Server.Api.Wire;

/// <summary>How everything that travels is written, generated at build time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.Never,
    Converters = [typeof(WireTimeConverter)])]
[JsonSerializable(typeof(NewApiKeyRequest))]
[JsonSerializable(typeof(ApiKeyResponse))]
[JsonSerializable(typeof(CreatedApiKeyResponse))]
[JsonSerializable(typeof(ListResponse<ApiKeyResponse>), TypeInfoPropertyName = "ApiKeyList")]
[JsonSerializable(typeof(TierRequest))]
[JsonSerializable(typeof(NewTierRequest))]
[JsonSerializable(typeof(TierResponse))]
[JsonSerializable(typeof(ProductTierResponse))]
[JsonSerializable(typeof(ListResponse<TierResponse>), TypeInfoPropertyName = "TierList")]
[JsonSerializable(typeof(ListResponse<ProductTierResponse>), TypeInfoPropertyName = "ProductTierList")]
[JsonSerializable(typeof(QuotaLimitsRequest))]
[JsonSerializable(typeof(QuotaResponse))]
[JsonSerializable(typeof(NewDatabaseRequest))]
[JsonSerializable(typeof(DatabasePatchRequest))]
[JsonSerializable(typeof(TierMoveRequest))]
[JsonSerializable(typeof(DatabaseResponse))]
[JsonSerializable(typeof(ListResponse<DatabaseResponse>), TypeInfoPropertyName = "DatabaseList")]
[JsonSerializable(typeof(NewBackupRequest))]
[JsonSerializable(typeof(BackupResponse))]
[JsonSerializable(typeof(ListResponse<BackupResponse>), TypeInfoPropertyName = "BackupList")]
[JsonSerializable(typeof(NewRestoreRequest))]
[JsonSerializable(typeof(OperationResponse))]
[JsonSerializable(typeof(ListResponse<OperationResponse>), TypeInfoPropertyName = "OperationList")]
[JsonSerializable(typeof(AuditEntryResponse))]
[JsonSerializable(typeof(ListResponse<AuditEntryResponse>), TypeInfoPropertyName = "AuditLog")]
[JsonSerializable(typeof(HealthResponse))]
[JsonSerializable(typeof(ProblemResponse))]
internal sealed partial class WireJson : JsonSerializerContext
{
    private static WireJson? readable;

    /// <summary>
    /// The same with readable text: answers are JSON, never HTML, so there is nothing to guard by escaping quotes and letters beyond ASCII.
    /// </summary>
    public static WireJson Readable => readable ??=
        new(new JsonSerializerOptions(Default.Options) { TypeInfoResolver = null, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
