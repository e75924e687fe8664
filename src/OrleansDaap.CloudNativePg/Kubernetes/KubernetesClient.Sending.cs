using System.Net.Http.Headers;
using System.Text.Json;
using OrleansDaap.CloudNativePg.Kubernetes.Credentials;
using OrleansDaap.CloudNativePg.Kubernetes.Http;

namespace OrleansDaap.CloudNativePg.Kubernetes;

internal sealed partial class KubernetesClient
{
    private async Task<JsonElement> SendAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            TimeSpan? retryAfter = null;
            KubernetesException refusal;
            try
            {
                using var patience = new CancellationTokenSource(AttemptPatience, time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
                using var response = await ReachAsync(request, connection => connection.SendAsync(request, either.Token), cancellationToken);
                if (response.IsSuccessStatusCode)
                {
                    return await ReachAsync(request, async _ => JsonElement.Parse(await response.Content.ReadAsByteArrayAsync(either.Token)), cancellationToken);
                }

                retryAfter = Asked(response.Headers.RetryAfter);
                refusal = await ReachAsync(request, _ => ApiFailure.ReadAsync(request, response, either.Token), cancellationToken);
            }
            catch (KubernetesException failure) when (failure.InnerException is not CredentialException)
            {
                refusal = failure;
            }

            if (Retries.Wait(refusal, attempt, retryAfter, Random.Shared.NextDouble()) is not { } wait) throw refusal;
            LogRetry(logger, request, attempt, wait, refusal);
            await Task.Delay(wait, time, cancellationToken);
        }
    }

    /// <summary>Whatever keeps the server's answer from us becomes the one error that callers know.</summary>
    private async Task<T> ReachAsync<T>(ApiRequest request, Func<ApiConnection, Task<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            return await ask(_connection);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or JsonException or OperationCanceledException or CredentialException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new KubernetesException($"{request} got no answer from {access.Server}: {Words(failure)}", failure);
        }
    }

    private static string Words(Exception failure) => failure switch
    {
        OperationCanceledException => $"none within {AttemptPatience.TotalSeconds} seconds",
        JsonException => "what came is no JSON",
        { InnerException: { } inner } => $"{failure.Message} {inner.Message}",
        _ => failure.Message,
    };

    private TimeSpan? Asked(RetryConditionHeaderValue? header) => header switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - time.GetUtcNow(),
        _ => null,
    };
}
