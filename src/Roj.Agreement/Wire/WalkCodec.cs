using Roj.Kernel;
using M = Roj.Agreement.Wire.AgreementMessage;

namespace Roj.Agreement.Wire;

/// <summary>A listing of a slot's registers, and what is asked for it, as bytes.</summary>
/// <remarks>
/// <code>
/// walk     2 slot | 8 version | 8 number | 8 from | 2 about
/// walked   2 slot | 8 version | 8 number | 8 last | 1 count | place …
/// place    4 n | name | 8 at | ballot taken | 1 flags (1 is there, 2 ends) | 8 end, if it does
/// </code>
/// </remarks>
internal static class WalkCodec
{
    private const byte IsThere = 1;
    private const byte Ends = 2;

    public static int Size(M message) => message is M.Walked walked
        ? 2 + 8 + 8 + 8 + 1 + walked.Places.Sum(Size)
        : 2 + 8 + 8 + 8 + 2;

    public static void Write(ref ByteWriter writer, M message)
    {
        switch (message)
        {
            case M.Walk walk:
                writer.UInt16(walk.Slot);
                writer.UInt64(walk.Version);
                writer.UInt64(walk.Number);
                writer.UInt64(walk.From);
                writer.UInt16(walk.About);
                break;
            case M.Walked walked:
                writer.UInt16(walked.Slot);
                writer.UInt64(walked.Version);
                writer.UInt64(walked.Number);
                writer.UInt64(walked.Last);
                writer.Byte(checked((byte)walked.Places.Count));
                foreach (var place in walked.Places)
                    Write(ref writer, place);
                break;
        }
    }

    public static M.Walk? ReadWalk(ref ByteReader reader)
    {
        var (slot, version, number, from, about) =
            (reader.UInt16(), reader.UInt64(), reader.UInt64(), reader.UInt64(), reader.UInt16());
        return from <= Place.AtMax && about is > 0 and <= M.Walk.AboutMax ? new M.Walk(slot, version, number, from, about) : null;
    }

    public static M.Walked? ReadWalked(ref ByteReader reader)
    {
        var (slot, version, number, last) = (reader.UInt16(), reader.UInt64(), reader.UInt64(), reader.UInt64());
        var places = new Place[reader.Byte()];
        if (last > Place.AtMax)
            return null;
        for (var i = 0; i < places.Length; i++)
        {
            if (AgreementCodec.ReadName(ref reader) is not { } name)
                return null;
            var (at, taken, flags) = (reader.UInt64(), StateCodec.ReadBallot(ref reader), reader.Byte());
            if (at > Place.AtMax || flags > (IsThere | Ends))
                return null;
            places[i] = new Place(name, at, taken, (flags & IsThere) != 0, (flags & Ends) != 0 ? (long)reader.UInt64() : null);
        }

        return new M.Walked(slot, version, number, last, places);
    }

    private static int Size(Place place) =>
        AgreementCodec.SizeOf(place.Name) + 8 + StateCodec.BallotLength + 1 + (place.EndsAt is null ? 0 : 8);

    private static void Write(ref ByteWriter writer, Place place)
    {
        AgreementCodec.Write(ref writer, place.Name);
        writer.UInt64(place.At);
        StateCodec.Write(ref writer, place.Accepted);
        writer.Byte((byte)((place.IsThere ? IsThere : 0) | (place.EndsAt is null ? 0 : Ends)));
        if (place.EndsAt is { } end)
            writer.UInt64((ulong)end);
    }
}
