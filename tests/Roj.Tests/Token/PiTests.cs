using System.Globalization;
using System.Numerics;
using Roj.Token.Work;
using Xunit;

namespace Roj.Tests.Token;

/// <summary>Pi in steps: right to the last digit wherever it was put down and taken up, and nothing else than that.</summary>
public sealed class PiTests
{
    private const string Hundred =
        "3.1415926535897932384626433832795028841971693993751058209749445923078164062862089986280348253421170679";

    [Fact]
    public void The_first_hundred_decimals_are_those_that_everybody_knows()
    {
        Assert.Equal(Hundred, Pi.DigitsOf(Relay(100, 1).Last.Data));
        Assert.Equal(Hundred, Machin(100));
    }

    [Theory]
    [InlineData(1_000, 1)]
    [InlineData(10_000, 1)]
    [InlineData(10_000, 2)]
    [InlineData(10_000, 50)]
    [InlineData(10_000, 704)]
    [InlineData(10_000, int.MaxValue)]
    public void They_are_those_of_another_formula_whatever_the_size_of_the_steps(int digits, int terms)
    {
        var (steps, last) = Relay(digits, terms);
        Assert.Equal((ulong)digits, last.Progress);
        Assert.InRange(steps, 1, (digits / 14 / terms) + 3);
        Assert.Equal(Machin(digits), Pi.DigitsOf(last.Data));
    }

    [Fact]
    public void What_is_certain_in_between_is_right_too_and_never_becomes_less()
    {
        var all = Machin(1_000);
        var (data, progress) = (Array.Empty<byte>(), 0UL);
        while (progress < 1_000)
        {
            var step = Pi.Step(data, 1_000, 1)!.Value;
            Assert.InRange(step.Progress, progress, progress + 15);
            (progress, data) = step;
            Assert.Equal(progress == 0 ? "3" : all[..(int)(progress + 2)], Pi.DigitsOf(data));
        }
    }

    [Fact]
    public void Any_checkpoint_leads_to_the_same_data()
    {
        var end = Relay(2_000, 1).Last.Data;
        var checkpoint = Array.Empty<byte>();
        for (var progress = 0UL; progress < 2_000;)
        {
            (progress, checkpoint) = Pi.Step(checkpoint, 2_000, 7)!.Value;
            Assert.Equal(end, Pi.Step(checkpoint.ToArray(), 2_000, 1_000)!.Value.Data);
        }
    }

    [Fact]
    public void Done_stays_done_and_who_wants_more_gets_more()
    {
        var done = Pi.Step(default, 500, 1_000)!.Value;
        Assert.Equal(500UL, done.Progress);
        Assert.Equal(done.Data, Pi.Step(done.Data, 500, 1_000)!.Value.Data);
        Assert.Equal(500UL, Pi.Step(done.Data, 20, 1_000)!.Value.Progress);
        var more = Pi.Step(done.Data, 900, 1_000)!.Value;
        Assert.Equal(900UL, more.Progress);
        Assert.Equal(Machin(900), Pi.DigitsOf(more.Data));
    }

    [Fact]
    public void Who_wants_less_than_another_does_not_undo_his_work()
    {
        var far = Pi.Step(default, 1_000, 30)!.Value;
        var less = Pi.Step(far.Data, 10, 1)!.Value;
        Assert.True(less.Progress > far.Progress);
    }

    [Fact]
    public void No_beginning_of_data_and_no_damaged_data_is_taken()
    {
        var data = Pi.Step(default, 300, 12)!.Value.Data;
        for (var length = 1; length < data.Length; length++)
            Refused(data[..length]);
        Refused([.. data, 0]);
        for (var bit = 0; bit < data.Length * 8; bit++)
        {
            var damaged = data.ToArray();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            if (bit / 8 is >= 5 and < 9)
                continue; // how many are wanted: no more than a wish
            Refused(damaged);
        }
    }

    [Fact]
    public void Wishes_beyond_the_limit_are_refused()
    {
        var data = Pi.Step(default, Pi.DigitsMax, 1)!.Value.Data;
        Assert.Equal(Pi.DigitsMax, (int)BigInteger.Parse("0" + Convert.ToHexString(data.AsSpan(5, 4)), NumberStyles.HexNumber, null));
        data[8]++;
        Refused(data);
        Refused(new byte[Pi.DataMax + 1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => Pi.Step(default, Pi.DigitsMax + 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Pi.Step(default, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Pi.Step(default, 1, 0));
    }

    [Fact]
    public void Forged_data_with_the_right_residues_is_no_text_and_no_exception()
    {
        var sum = PiSeries.Read(Pi.Step(default, 300, 12)!.Value.Data)!.Sum;
        var prime = (BigInteger.One << 61) - 1;
        PiSum[] forged =
        [
            sum with { Q = sum.Q % prime }, sum with { Q = -(prime << 9000) + sum.Q }, sum with { T = sum.T % prime },
            sum with { T = sum.T + (prime << 9000) }, sum with { Q = sum.Q + (prime << 9000) },
        ];
        foreach (var one in forged)
        {
            var data = new PiSeries(300, 12, one).Write();
            Assert.Null(Pi.DigitsOf(data));
            Assert.NotNull(Pi.Step(data, 300, 100)); // as long as the numbers fit, it can't be told from one of ours
        }
    }

    [Fact]
    public void Without_data_there_are_no_digits() => Assert.Null(Pi.DigitsOf([]));

    private static void Refused(byte[] data)
    {
        Assert.Null(Pi.Step(data, 300, 1));
        Assert.Null(Pi.DigitsOf(data));
    }

    private static (int Steps, (ulong Progress, byte[] Data) Last) Relay(int digits, int terms)
    {
        var (steps, last) = (0, (Progress: 0UL, Data: Array.Empty<byte>()));
        for (; last.Progress < (ulong)digits; steps++)
            last = Pi.Step(last.Data, digits, terms)!.Value;
        return (steps, last);
    }

    // pi / 4 = 4 arctan(1/5) - arctan(1/239)
    private static string Machin(int digits)
    {
        var one = BigInteger.Pow(10, digits + 10);
        var text = (4 * ((4 * ArcTan(5, one)) - ArcTan(239, one)) / BigInteger.Pow(10, 10)).ToString(CultureInfo.InvariantCulture);
        return $"3.{text[1..]}";
    }

    private static BigInteger ArcTan(int inverse, BigInteger one)
    {
        var (sum, power) = (BigInteger.Zero, one / inverse);
        for (var n = 1; !power.IsZero; n += 2)
        {
            sum += n % 4 == 1 ? power / n : -(power / n);
            power /= inverse * inverse;
        }

        return sum;
    }
}
