using System.Net;
using Roj.Host.Net;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Host;

public class EndpointsTests
{
    [Theory]
    [InlineData("0.0.0.0:0")]
    [InlineData("1.2.3.4:5")]
    [InlineData("127.0.0.1:6881")]
    [InlineData("192.168.254.1:256")]
    [InlineData("255.255.255.255:65535")]
    public void The_runtimes_forms_say_the_same_and_lead_back(string text)
    {
        Assert.True(Endpoint.TryParse(text, out var endpoint));
        Assert.Equal(IPEndPoint.Parse(text), endpoint.ToSystem());
        Assert.Equal(endpoint, endpoint.ToSystem().ToRoj());
        Assert.Equal(endpoint, endpoint.ToSocketAddress().ToRoj());
        Assert.Equal(IPEndPoint.Parse(text).Serialize(), endpoint.ToSocketAddress());
    }
}
