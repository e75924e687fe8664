using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using OrleansDaap.Server.Api.Wire;

namespace OrleansDaap.Server.Api.Pipeline;

/// <summary>202: the backup as it is now, where it is, and where it can be followed.</summary>
internal sealed class AcceptedBackup(BackupResponse backup) : IResult, IStatusCodeHttpResult, IEndpointMetadataProvider
{
    public int? StatusCode => StatusCodes.Status202Accepted;

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status202Accepted, typeof(BackupResponse), ["application/json"]));

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = StatusCodes.Status202Accepted;
        response.Headers.Location = $"{httpContext.Request.PathBase}/databases/{backup.DatabaseId}/backups/{backup.Id}";
        response.Headers[AcceptedDatabase.OperationLocation] = $"{httpContext.Request.PathBase}/operations/{backup.Id}";
        return response.WriteAsJsonAsync(backup, WireJson.Readable.BackupResponse);
    }
}
