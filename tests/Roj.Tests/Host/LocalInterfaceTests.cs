using Roj.Host.Net;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Host;

public class LocalInterfaceTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.2")]
    [InlineData("127.66.7.8")]
    public void Every_address_of_127_is_the_loopbacks(string text)
    {
        Assert.True(Endpoint.TryParseAddress(text, out var address));
        var found = LocalInterface.With(address);
        Assert.Equal((new Subnet(address, 8), "lo"), (found?.Subnet, found?.Name));
        Assert.Equal(0x7FFFFFFFu, found!.Subnet.Broadcast);
    }

    [Theory]
    [InlineData("192.0.2.1")] // TEST-NET-1, RFC 5737: nobody's
    [InlineData("126.255.255.255")]
    [InlineData("128.0.0.0")]
    [InlineData("0.0.0.0")]
    public void An_address_that_no_interface_has_is_not_found(string text)
    {
        Assert.True(Endpoint.TryParseAddress(text, out var address));
        Assert.Null(LocalInterface.With(address));
    }

    [Fact]
    public void What_is_chosen_is_there_and_says_why()
    {
        var chosen = LocalInterface.Choose();
        Assert.NotEqual("", chosen.Reason);
        Assert.Equal(chosen.Subnet.Address, LocalInterface.With(chosen.Subnet.Address)?.Subnet.Address);
    }
}
