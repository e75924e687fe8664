using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using OrleansDaap.Databases;
using OrleansDaap.Server.Api.Description;
using OrleansDaap.Server.Api.Wire;

namespace OrleansDaap.Server.Api.Pipeline;

/// <summary>202: the database as it is now, where it is, and where the work on it can be followed.</summary>
internal sealed class AcceptedDatabase(DatabaseState database) : IResult, IStatusCodeHttpResult, IEndpointMetadataProvider
{
    public const string OperationLocation = "Operation-Location";

    public int? StatusCode => StatusCodes.Status202Accepted;

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status202Accepted, typeof(DatabaseResponse), ["application/json"]));
        builder.Metadata.Add(new AnswersETag());
    }

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var body = DatabaseResponse.Of(database, httpContext.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow());
        var response = httpContext.Response;
        response.StatusCode = StatusCodes.Status202Accepted;
        response.Headers.Location = $"{httpContext.Request.PathBase}/databases/{body.Id}";
        if (body.Operation is { } operation)
            response.Headers[OperationLocation] = $"{httpContext.Request.PathBase}/operations/{operation}";
        if (database.ETag is { } version)
            response.Headers.ETag = $"\"{version}\"";
        return response.WriteAsJsonAsync(body, WireJson.Readable.DatabaseResponse);
    }
}
