using Roj.Files;
using Roj.Files.Wire;

namespace Roj.Tests.Files;

/// <summary>What a swarm asks for, as one line each: messages <c>#1 &lt;- …</c>, effects in small letters, events in capitals.</summary>
internal static class SwarmLines
{
    internal static string Line(SwarmOutput output)
    {
        if (output.Message is { } message)
            return $"{output.To} <- {Line(message)}";
        return output.Effect is { } effect ? Line(effect) : Line(output.Event!);
    }

    internal static string Line(PeerMessage message) => message switch
    {
        PeerMessage.Have(var piece) => $"have {piece}",
        PeerMessage.Bitfield(var bits) => $"bitfield {Convert.ToHexString(bits.Span)}",
        PeerMessage.Request(var block) => $"request {block}",
        PeerMessage.Piece(var block) => $"piece {block}",
        PeerMessage.Cancel(var block) => $"cancel {block}",
        PeerMessage.Reject(var block) => $"reject {block}",
        PeerMessage.Extended(var id, var payload) => Extended(id, payload.Span),
        PeerMessage.KeepAlive => "keep-alive",
        PeerMessage.HaveAll => "have-all",
        PeerMessage.HaveNone => "have-none",
        PeerMessage.NotInterested => "not-interested",
        _ => message.GetType().Name.ToLowerInvariant(),
    };

    private static string Extended(byte id, ReadOnlySpan<byte> payload)
    {
        if (id == 0 && ExtendedHandshake.TryRead(payload, out var hello))
            return (hello.MetadataSize is { } size ? $"hello size={size}" : "hello") + (hello.UploadOnly is true ? " upload-only" : "");
        if (MetadataMessage.TryRead(payload, out var metadata))
        {
            return metadata switch
            {
                MetadataMessage.Request(var part) => $"metadata-request {part}",
                MetadataMessage.Data(var part, _, var bytes) => $"metadata {part} ({bytes.Length} bytes)",
                MetadataMessage.Reject(var part) => $"metadata-reject {part}",
                _ => "metadata ?",
            };
        }

        return PeerExchangeMessage.TryRead(payload, out var exchange)
            ? $"exchange {string.Join(' ', exchange.Added)}"
            : $"extended {id} {Convert.ToHexString(payload)}";
    }

    private static string Line(SwarmEffect effect) => effect switch
    {
        SwarmEffect.Connect(var id, var peer) => $"connect {id} to {peer}",
        SwarmEffect.Shake(var id, var handshake) => $"shake {id} for {handshake.InfoHash.ToString()[..4]}",
        SwarmEffect.Close(var id, var reason) => $"close {id}: {reason}",
        SwarmEffect.Open(var info) => $"open {info.Name}, {info.PieceCount} pieces",
        SwarmEffect.Write(var block) => $"write {block}",
        SwarmEffect.Verify(var piece) => $"verify {piece}",
        SwarmEffect.Copy(var from, var to) => $"copy {from} to {to}",
        SwarmEffect.Remember(var info) => $"remember {info.Name}",
        _ => throw new ArgumentException($"{effect}"),
    };

    private static string Line(SwarmEvent happened) => happened switch
    {
        SwarmEvent.Described(var info) => $"DESCRIBED {info.Name}",
        SwarmEvent.Checked(var have) => $"CHECKED {have}",
        SwarmEvent.Completed => "COMPLETED",
        SwarmEvent.PeerLearnt(var peer) => $"LEARNT {peer}",
        SwarmEvent.PeerMet(var id, var peer) => $"MET {id} {peer}",
        SwarmEvent.PeerLost(var id, var reason) => $"LOST {id} {reason}".TrimEnd(),
        SwarmEvent.Unusable(_, var fault) => $"UNUSABLE {fault.Split(':')[0]}",
        SwarmEvent.PeerBanned(var peer) => $"BANNED {peer}",
        _ => throw new ArgumentException($"{happened}"),
    };
}
