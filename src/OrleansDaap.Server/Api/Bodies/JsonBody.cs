using System.Buffers;
using System.IO.Pipelines;
using System.Net.Mime;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using OrleansDaap.Common;

namespace OrleansDaap.Server.Api.Bodies;

/// <summary>Reads request bodies: JSON, UTF-8, 1 MiB at most.</summary>
internal static class JsonBody
{
    public const int MaxBytes = 1024 * 1024;

    /// <summary>No request of ours nests deeper than 2; the rest is for mistakes that are better named than refused.</summary>
    public const int MaxDepth = 16;

    public const string MergePatchType = "application/merge-patch+json";

    public static async Task<Bound<T>> ReadAsync<T>(HttpRequest request, JsonTypeInfo<T> type, bool mergePatch = false)
        where T : class
    {
        using var body = await ReadAsync(request, mergePatch);
        return BodyBinder.Bind(body.RootElement, type);
    }

    /// <summary>The whole body as it came; it can still be read afterwards.</summary>
    /// <exception cref="ProblemException">payload-too-large.</exception>
    public static async Task<byte[]> BufferAsync(HttpRequest request)
    {
        if (request.ContentLength > MaxBytes && request.Headers.Expect.Count > 0)
            throw TooLarge();
        var reader = request.BodyReader;
        var read = await ReadToEndAsync(reader);
        var bytes = read.Buffer.ToArray();
        reader.AdvanceTo(read.Buffer.End);
        request.Body = new MemoryStream(bytes, writable: false);
        return bytes;
    }

    /// <exception cref="ProblemException">malformed-request, payload-too-large or unsupported-media-type.</exception>
    public static async Task<JsonDocument> ReadAsync(HttpRequest request, bool mergePatch)
    {
        if (request.ContentLength > MaxBytes && request.Headers.Expect.Count > 0)
            throw TooLarge();
        RefuseOtherMediaTypes(request, mergePatch);

        var reader = request.BodyReader;
        var read = await ReadToEndAsync(reader);
        try
        {
            return Parse(read.Buffer);
        }
        finally
        {
            reader.AdvanceTo(read.Buffer.End);
        }
    }

    private static void RefuseOtherMediaTypes(HttpRequest request, bool mergePatch)
    {
        var hasBody = request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? true;
        if (request.ContentType is null && !hasBody)
            throw new ProblemException(ProblemCode.MalformedRequest, "The request has no body; it needs a JSON object.");

        var isJson = MediaTypeHeaderValue.TryParse(request.ContentType, out var given)
            && (given.MediaType.Equals(MediaTypeNames.Application.Json, StringComparison.OrdinalIgnoreCase)
                || (mergePatch && given.MediaType.Equals(MergePatchType, StringComparison.OrdinalIgnoreCase)))
            && (!given.Charset.HasValue || HeaderUtilities.RemoveQuotes(given.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase));
        if (!isJson)
        {
            throw new ProblemException(
                ProblemCode.UnsupportedMediaType, $"Send {(mergePatch ? $"{MergePatchType} or " : "")}{MediaTypeNames.Application.Json}, in UTF-8.");
        }
    }

    /// <summary>
    /// A body that is too long is still read to its end, as far as the server's own limit goes, and thrown away: a client that is
    /// writing does not read, and would only see its connection break.
    /// </summary>
    private static async Task<ReadResult> ReadToEndAsync(PipeReader reader)
    {
        var tooLong = false;
        while (true)
        {
            var read = await reader.ReadAsync();
            tooLong |= read.Buffer.Length > MaxBytes;
            if (read.IsCompleted && !tooLong)
                return read;
            reader.AdvanceTo(tooLong ? read.Buffer.End : read.Buffer.Start, read.Buffer.End);
            if (read.IsCompleted)
                throw TooLarge();
        }
    }

    private static JsonDocument Parse(ReadOnlySequence<byte> body)
    {
        // Copied, because the document outlives the pipe's buffer.
        var bytes = body.ToArray();
        if (bytes.Length == 0)
            throw new ProblemException(ProblemCode.MalformedRequest, "The request's body is empty; it needs a JSON object.");
        if (!Utf8.IsValid(bytes))
            throw new ProblemException(ProblemCode.MalformedRequest, "The request's body is not UTF-8.");
        try
        {
            return JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = MaxDepth });
        }
        catch (JsonException exception)
        {
            throw new ProblemException(
                ProblemCode.MalformedRequest,
                $"The request's body is not JSON, or nests deeper than {MaxDepth} levels; see line {exception.LineNumber + 1}, "
                + $"byte {exception.BytePositionInLine + 1}.");
        }
    }

    private static ProblemException TooLarge() =>
        new(ProblemCode.PayloadTooLarge, $"A request's body may have {MaxBytes} bytes.");
}
