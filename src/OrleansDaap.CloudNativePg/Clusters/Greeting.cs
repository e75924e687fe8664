using System.Buffers.Binary;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using OrleansDaap.Provisioning;

namespace OrleansDaap.CloudNativePg.Clusters;

/// <summary>
/// How PostgreSQL's protocol begins: TLS, then who comes, then what is wanted of them. Nothing secret is sent, and nothing is believed of who
/// answers, so the certificate is not looked at.
/// </summary>
internal static class Greeting
{
    private const int TlsRequest = 80877103;
    private const int Version3 = 196608;

    /// <summary>Whether the server wants a password or the like. One that starts up, stops or has no room answers with an error instead.</summary>
    public static async Task<bool> IsReturnedAsync(string host, int port, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(host, port, cancellationToken);
        var plain = client.GetStream();
        await plain.WriteAsync(Message(TlsRequest, ""), cancellationToken);
        if (await ReadAsync(plain, cancellationToken) != 'S') return false;
        await using var tls = new SslStream(plain, leaveInnerStreamOpen: true, (_, certificate, _, _) => certificate is not null);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, cancellationToken);
        await tls.WriteAsync(Message(Version3, $"user\0{ClusterEndpoint.User}\0database\0{ClusterEndpoint.Database}\0\0"), cancellationToken);
        return await ReadAsync(tls, cancellationToken) == 'R';
    }

    private static byte[] Message(int code, string text)
    {
        var message = new byte[8 + Encoding.ASCII.GetByteCount(text)];
        BinaryPrimitives.WriteInt32BigEndian(message, message.Length);
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(4), code);
        Encoding.ASCII.GetBytes(text, message.AsSpan(8));
        return message;
    }

    private static async Task<char> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var answer = new byte[1];
        await stream.ReadExactlyAsync(answer, cancellationToken);
        return (char)answer[0];
    }
}
