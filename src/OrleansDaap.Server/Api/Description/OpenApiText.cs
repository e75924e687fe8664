using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.Swagger;

namespace OrleansDaap.Server.Api.Description;

/// <summary>The description as text, made at the first request and kept: endpoints do not change while the server runs.</summary>
internal sealed class OpenApiText(IServiceScopeFactory scopes)
{
    private byte[]? text;

    public async Task<byte[]> GetAsync()
    {
        if (text is { } known)
            return known;
        await using var scope = scopes.CreateAsyncScope();
        var document = await scope.ServiceProvider.GetRequiredService<IAsyncSwaggerProvider>().GetSwaggerAsync(DescriptionModule.DocumentName);
        using var stream = new MemoryStream();
        await document.SerializeAsJsonAsync(stream, OpenApiSpecVersion.OpenApi3_1);
        return text = stream.ToArray();
    }
}
