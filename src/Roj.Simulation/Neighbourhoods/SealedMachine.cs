using System.Buffers.Binary;
using Roj.Kernel;
using Roj.Membership.Sealing;

namespace Roj.Simulation.Neighbourhoods;

/// <summary>A machine whose datagrams are sealed, as a node's with a key are: the same <see cref="SessionBook"/> says what counts.
/// Nothing is
/// enciphered, since nobody here listens; lengths are those of the real thing.</summary>
public abstract class SealedMachine : Machine
{
    private const int TagLength = 16; // of AES-GCM
    private const int Overhead = SealHeader.Length + sizeof(ulong) + TagLength;
    private const uint Key = 1;

    private readonly ushort port;
    private SessionBook? book; // null: no key

    /// <summary>Puts a machine into the world.</summary>
    protected SealedMachine(World world, string name, uint address, ushort port)
        : base(world, name, address) => this.port = port;

    /// <inheritdoc/>
    protected internal sealed override void OnDatagram(Endpoint from, Endpoint to, ReadOnlyMemory<byte> payload)
    {
        if (book is null)
        {
            OnSaid(from, payload);
            return;
        }

        if (payload.Length < Overhead || !SealHeader.TryRead(payload.Span, out var header)
            || book.Look(Now, from, header, out var met) is not SealVerdict.Fresh)
        {
            return;
        }

        var yours = BinaryPrimitives.ReadUInt64BigEndian(payload.Span[SealHeader.Length..]);
        var said = payload[(SealHeader.Length + sizeof(ulong))..^TagLength];
        switch (book.Hear(from, header, met ?? new MetSession(null), yours))
        {
            case SealVerdict.Stranger:
                Write(from, header.Session, default); // never longer than what it answers: every datagram has as much
                break;
            case SealVerdict.Fresh when said.IsEmpty:
                OnIntroduced(from);
                break;
            case SealVerdict.Fresh:
                OnSaid(from, said);
                break;
        }
    }

    /// <summary>A process begins: nobody has met it.</summary>
    /// <param name="hasKey">Whether it seals what it says.</param>
    /// <param name="self">The node's id.</param>
    protected void BeginSession(bool hasKey, NodeId self) =>
        book = hasKey ? new SessionBook(self.Value, [Key], () => Rng.NextUInt64() | 1) : null;

    /// <summary>Something was said to it.</summary>
    protected abstract void OnSaid(Endpoint from, ReadOnlyMemory<byte> said);

    /// <summary>Who listens there could not be spoken to before, and can now.</summary>
    protected abstract void OnIntroduced(Endpoint from);

    /// <summary>Says something.</summary>
    protected void Say(Endpoint to, ReadOnlySpan<byte> said)
    {
        if (book is null)
            Send(port, to, said);
        else
            Write(to, book.Address(to).Session, said);
    }

    private void Write(Endpoint to, ulong yours, ReadOnlySpan<byte> said)
    {
        var datagram = new byte[Overhead + said.Length];
        book!.Next(Key).Write(datagram);
        BinaryPrimitives.WriteUInt64BigEndian(datagram.AsSpan(SealHeader.Length), yours);
        said.CopyTo(datagram.AsSpan(SealHeader.Length + sizeof(ulong)));
        Send(port, to, datagram);
    }
}
