using Roj.Host.Security;
using Xunit;

namespace Roj.Tests.Host.Security;

/// <summary>What is said where the runtime would only abort.</summary>
public sealed class TlsLibraryTests
{
    [Fact]
    public void Where_there_is_no_openssl_one_line_says_what_to_install()
    {
        List<string> asked = [];
        var fault = TlsLibrary.Fault(
            name =>
            {
                asked.Add(name);
                return false;
            },
            wanted: null);
        Assert.Contains("apt install libssl3", fault, StringComparison.Ordinal);
        Assert.Contains("dnf install openssl-libs", fault, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault!);
        Assert.Equal(["libssl.so.3", "libssl.so.1.1"], asked);
    }

    [Theory]
    [InlineData("libssl.so.3", null)]
    [InlineData("libssl.so.1.1", null)]
    [InlineData("libssl.so.1.1", "")]
    [InlineData("libssl.so.1.1.1k", "1.1.1k")]
    [InlineData("libssl.so.3", "1.1.1k")]
    public void Any_that_the_runtime_takes_will_do(string there, string? wanted) =>
        Assert.Null(TlsLibrary.Fault(name => name == there, wanted));

    [Fact]
    public void Here_it_is_there() => Assert.Null(TlsLibrary.Fault());
}
