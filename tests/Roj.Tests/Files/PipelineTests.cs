using Roj.Files;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Files;

/// <summary>A pipeline of 100 to 1,000 bytes that aims at 40 ms, in steps of 10 bytes.</summary>
public sealed class PipelineTests
{
    private readonly Pipeline pipeline = new(100, 1000, TimeSpan.FromMilliseconds(40), 10);
    private Instant now = Swarming.At(1);

    public PipelineTests()
    {
        pipeline.Begin(now);
    }

    [Fact]
    public void It_begins_at_the_least() => Assert.Equal(100, pipeline.Depth);

    [Theory]
    [InlineData(0, 400)]
    [InlineData(9.9999, 400)]
    [InlineData(10, 210)]
    [InlineData(39.9999, 210)]
    [InlineData(40, 190)]
    [InlineData(160, 190)]
    [InlineData(160.0001, 100)]
    public void It_follows_the_time_that_a_depth_takes(double milliseconds, int depth)
    {
        Move(0);
        Assert.Equal(200, pipeline.Depth);
        Move(milliseconds);
        Assert.Equal(depth, pipeline.Depth);
    }

    [Fact]
    public void It_is_never_above_its_most()
    {
        foreach (var depth in new[] { 200, 400, 800, 1000, 1000 })
        {
            Move(0);
            Assert.Equal(depth, pipeline.Depth);
        }

        Move(20); // a step
        Assert.Equal(1000, pipeline.Depth);
    }

    [Fact]
    public void It_is_never_below_its_least_and_finds_the_way_up_from_there()
    {
        for (var i = 0; i < 20; i++)
        {
            Move(i % 2 == 0 ? 100 : 1000);
            Assert.Equal(100, pipeline.Depth);
        }

        Move(0);
        Assert.Equal(200, pipeline.Depth);
    }

    [Fact]
    public void Less_than_a_depth_says_nothing()
    {
        pipeline.Moved(now, 99);
        Assert.Equal(100, pipeline.Depth);
        pipeline.Moved(now, 1);
        Assert.Equal(200, pipeline.Depth);
        pipeline.Moved(now, 199); // it counts anew
        Assert.Equal(200, pipeline.Depth);
    }

    [Fact]
    public void The_time_in_which_nothing_was_under_way_does_not_count()
    {
        Move(0);
        now += TimeSpan.FromHours(1);
        pipeline.Begin(now);
        Move(0);
        Assert.Equal(400, pipeline.Depth);
    }

    /// <summary>A depth comes, evenly.</summary>
    private void Move(double milliseconds)
    {
        var depth = pipeline.Depth;
        pipeline.Moved(now, depth / 2);
        now += TimeSpan.FromMilliseconds(milliseconds);
        pipeline.Moved(now, depth - (depth / 2));
    }
}
