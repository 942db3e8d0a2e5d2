using System.Net;
using System.Net.Http.Headers;
using Roj.EndToEnd;

namespace Roj.RegisterBench;

/// <summary>The least of gRPC that changes a key in etcd: <c>/etcdserverpb.KV/Put</c>.</summary>
internal sealed class EtcdConnection : IRegisterConnection
{
    private readonly HttpClient http;
    private readonly Uri put;

    /// <summary>Connects at the first change.</summary>
    public EtcdConnection(IPEndPoint address)
    {
        http = new HttpClient(new SocketsHttpHandler { UseProxy = false }, disposeHandler: true);
        put = new Uri($"http://{address}/etcdserverpb.KV/Put");
    }

    /// <inheritdoc/>
    public async Task PutAsync(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, put)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ReadOnlyMemoryContent(EtcdMessage.Put(key.Span, value.Span)),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        using var response = await http.SendAsync(request).ConfigureAwait(false);
        if (!response.TrailingHeaders.TryGetValues("grpc-status", out var status) || status.Single() is not "0")
            throw new LabException("etcd refused a change");
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();
}
