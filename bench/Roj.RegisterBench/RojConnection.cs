using System.Buffers.Binary;
using System.Net;
using Roj.Agreement;
using Roj.EndToEnd;
using Roj.Host.Agreement;
using Roj.Kernel;

namespace Roj.RegisterBench;

/// <summary>A client of a node's registers.</summary>
/// <param name="address">Where the node listens to other nodes.</param>
internal sealed class RojConnection(IPEndPoint address) : IRegisterConnection
{
    private readonly Task<RegisterClient> client = RegisterClient.ConnectAsync(At(address));

    /// <inheritdoc/>
    public async Task PutAsync(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value)
    {
        var node = client.IsCompletedSuccessfully ? client.Result : await client.ConfigureAwait(false);
        var outcome = await node.ChangeAsync(new RegisterName(key), new RegisterChange.Set(value)).ConfigureAwait(false);
        if (outcome.Applied is not Applied.Yes)
            throw new LabException($"roj did not change it: {outcome.Applied}, {outcome.Refusal}");
    }

    private static Endpoint At(IPEndPoint address) =>
        new(BinaryPrimitives.ReadUInt32BigEndian(address.Address.GetAddressBytes()), (ushort)address.Port);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (client.IsCompletedSuccessfully)
            client.Result.DisposeAsync().AsTask().Wait();
    }
}
