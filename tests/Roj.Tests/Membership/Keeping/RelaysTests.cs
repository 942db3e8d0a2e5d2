using Roj.Kernel;
using Roj.Membership.Keeping;
using Xunit;

namespace Roj.Tests.Membership.Keeping;

public sealed class RelaysTests
{
    private static Instant Seconds(double seconds) => Instant.Zero + TimeSpan.FromSeconds(seconds);

    [Fact]
    public void An_answer_goes_to_who_asked_and_once()
    {
        var relays = new Relays();
        Assert.True(relays.TryAdd(1, Finding.At(9), Finding.At(2), 20, Seconds(1)));
        Assert.True(relays.TryAdd(2, Finding.At(9), Finding.At(3), 30, Seconds(2)));

        Assert.False(relays.TryTake(2, Finding.At(8), out _, out _)); // it was not the one that was asked
        Assert.True(relays.TryTake(2, Finding.At(9), out var asker, out var number));
        Assert.Equal((Finding.At(3), 30u), (asker, number));
        Assert.False(relays.TryTake(2, Finding.At(9), out _, out _));
        Assert.Equal(Seconds(1), relays.Due);
    }

    [Fact]
    public void What_nobody_answered_is_late_when_it_is_due_and_not_before()
    {
        var relays = new Relays();
        Assert.False(relays.TryTakeLate(Seconds(9), out _, out _));
        relays.TryAdd(1, Finding.At(9), Finding.At(2), 20, Seconds(1));

        Assert.False(relays.TryTakeLate(Seconds(0.999), out _, out _));
        Assert.True(relays.TryTakeLate(Seconds(1), out var asker, out var number));
        Assert.Equal((Finding.At(2), 20u), (asker, number));
        Assert.Null(relays.Due);
    }

    [Fact]
    public void Sixty_four_wait_and_not_one_more()
    {
        var relays = new Relays();
        for (var number = 0u; number < 64; number++)
            Assert.True(relays.TryAdd(number, Finding.At(9), Finding.At(2), number, Seconds(1)));

        Assert.False(relays.TryAdd(64, Finding.At(9), Finding.At(2), 64, Seconds(1)));
        relays.TryTake(7, Finding.At(9), out _, out _);
        Assert.True(relays.TryAdd(64, Finding.At(9), Finding.At(2), 64, Seconds(1)));
    }
}
