using Roj.Kernel;
using M = Roj.Agreement.Wire.AgreementMessage;

namespace Roj.Agreement.Wire;

/// <summary>What is said about slots as a whole, as bytes: <see cref="AgreementCodec"/> shows them.</summary>
internal static class SlotCodec
{
    public static int SizeOf(M message) => message switch
    {
        M.Adopt adopt => 2 + StateCodec.Size(adopt.State),
        M.Adopted => 2 + 8 + StateCodec.FloorLength,
        M.List => 2 + 8 + 16,
        M.Listed listed => 2 + 8 + 16 + 16 + 1 + listed.Names.Sum(AgreementCodec.SizeOf),
        M.Compare compare => 2 + 8 + 16 + 1 + compare.Heads.Sum(head => AgreementCodec.SizeOf(head.Name) + StateCodec.BallotLength),
        M.Lacking lacking => 2 + 8 + 16 + 1 + lacking.Names.Sum(AgreementCodec.SizeOf),
        _ => throw new System.Diagnostics.UnreachableException($"{message} is about no slot"),
    };

    public static void Write(ref ByteWriter writer, M message)
    {
        switch (message)
        {
            case M.Adopt adopt:
                writer.UInt16(adopt.Slot);
                StateCodec.Write(ref writer, adopt.State);
                break;
            case M.Adopted adopted:
                writer.UInt16(adopted.Slot);
                writer.UInt64(adopted.Version);
                StateCodec.Write(ref writer, adopted.Floor);
                break;
            case M.List list:
                writer.UInt16(list.Slot);
                writer.UInt64(list.Version);
                writer.UInt128(list.Cursor);
                break;
            case M.Listed listed:
                writer.UInt16(listed.Slot);
                writer.UInt64(listed.Version);
                writer.UInt128(listed.Cursor);
                writer.UInt128(listed.Next);
                Write(ref writer, listed.Names);
                break;
            case M.Compare compare:
                writer.UInt16(compare.Slot);
                writer.UInt64(compare.Version);
                writer.UInt128(compare.Cursor);
                writer.Byte((byte)compare.Heads.Count);
                foreach (var (name, taken) in compare.Heads)
                {
                    AgreementCodec.Write(ref writer, name);
                    StateCodec.Write(ref writer, taken);
                }

                break;
            case M.Lacking lacking:
                writer.UInt16(lacking.Slot);
                writer.UInt64(lacking.Version);
                writer.UInt128(lacking.Cursor);
                Write(ref writer, lacking.Names);
                break;
        }
    }

    public static M.Adopt? ReadAdopt(ref ByteReader reader)
    {
        var slot = reader.UInt16();
        return StateCodec.TryReadSlot(ref reader, out var state) ? new M.Adopt(slot, state!) : null;
    }

    public static M.Lacking? ReadLacking(ref ByteReader reader)
    {
        var (slot, version, cursor) = (reader.UInt16(), reader.UInt64(), reader.UInt128());
        return ReadNames(ref reader) is { } names ? new M.Lacking(slot, version, cursor, names) : null;
    }

    public static M.Listed? ReadListed(ref ByteReader reader)
    {
        var (slot, version, cursor, next) = (reader.UInt16(), reader.UInt64(), reader.UInt128(), reader.UInt128());
        return ReadNames(ref reader) is { } names ? new M.Listed(slot, version, cursor, next, names) : null;
    }

    public static M.Compare? ReadCompare(ref ByteReader reader)
    {
        var (slot, version, cursor) = (reader.UInt16(), reader.UInt64(), reader.UInt128());
        var heads = new (RegisterName, Ballot)[reader.Byte()];
        for (var i = 0; i < heads.Length; i++)
        {
            if (AgreementCodec.ReadName(ref reader) is not { } name)
                return null;
            heads[i] = (name, StateCodec.ReadBallot(ref reader));
        }

        return new M.Compare(slot, version, cursor, heads);
    }

    private static RegisterName[]? ReadNames(ref ByteReader reader)
    {
        var names = new RegisterName[reader.Byte()];
        for (var i = 0; i < names.Length; i++)
        {
            if (AgreementCodec.ReadName(ref reader) is not { } name)
                return null;
            names[i] = name;
        }

        return names;
    }

    private static void Write(ref ByteWriter writer, IReadOnlyList<RegisterName> names)
    {
        writer.Byte((byte)names.Count);
        foreach (var name in names)
            AgreementCodec.Write(ref writer, name);
    }
}
