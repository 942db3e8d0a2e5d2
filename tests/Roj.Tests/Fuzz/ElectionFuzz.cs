using Roj.Election;
using Roj.Election.Wire;
using Roj.Kernel;
using Roj.Tests.Election;
using Xunit;

namespace Roj.Tests.Fuzz;

/// <summary>What anybody may send about who leads, and what may stand in a register.</summary>
public sealed class ElectionFuzz
{
    private static readonly Colouring[] colourings =
        [.. Enumerable.Range(1, 5).Select(n => Colouring.Of(Painted.Led(n), 7, Painted.Ids(n)))];

    [Fact]
    public void Datagrams() => Fuzzing.Run(
        [
            ElectionCodecTests.Write(new ElectionMessage.Heartbeat(Painted.Led(1), 3)),
            ElectionCodecTests.Write(new ElectionMessage.Resigned(Painted.Led(1), Painted.Id(2))),
            ElectionCodecTests.Write(new ElectionMessage.Resigned(Painted.Led(1), null)),
        ],
        input =>
        {
            ElectionMessage? message = null;
            var cluster = 0UL;
            if (!Fuzzing.Bounded(input, bytes => ElectionCodec.TryRead(bytes, out cluster, out _, out message) == ReadStatus.Done))
                return false;
            var buffer = new byte[ElectionCodec.LengthMax];
            Assert.Equal(input, buffer[..ElectionCodec.Write(cluster, message!, buffer)]);
            return true;
        });

    [Fact]
    public void Colourings() => Fuzzing.Run([ColouringCodec.Write(Colouring.None), .. colourings.Select(ColouringCodec.Write)], input =>
    {
        Colouring? colouring = null;
        if (!Fuzzing.Bounded(input, bytes => ColouringCodec.TryRead(bytes, out colouring) == ReadStatus.Done))
            return false;
        Assert.True(colouring!.IsRight);
        Assert.Equal(input, ColouringCodec.Write(colouring)); // written in one way only
        return true;
    });

    [Fact]
    public void Registrations() => Fuzzing.Run([.. colourings.Select(each => RegistrationJson.Write(each, Painted.Id(1)))], input =>
    {
        Colouring? colouring = null;
        var own = Colour.None;
        if (!Fuzzing.Bounded(
            input, bytes => RegistrationJson.TryRead(bytes, Painted.Id(1), out colouring, out own) == ReadStatus.Done))
        {
            return false;
        }

        Assert.True(colouring!.IsRight);
        Assert.Equal(colouring.Of(Painted.Id(1)), own);
        var written = RegistrationJson.Write(colouring, Painted.Id(1));
        Assert.Equal(ReadStatus.Done, RegistrationJson.TryRead(written, Painted.Id(1), out var again, out _));
        Assert.Equal(colouring, again);
        return true;
    });
}
