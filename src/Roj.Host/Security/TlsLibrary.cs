using System.Runtime.InteropServices;

namespace Roj.Host.Security;

/// <summary>Whether the machine has what the runtime needs for cryptography: on Linux it loads OpenSSL when it is first asked for any,
/// and ends the process with a stack trace if there is none.</summary>
public static class TlsLibrary
{
    private const string VersionVariable = "CLR_OPENSSL_VERSION_OVERRIDE"; // the runtime's own

    // TLS 1.3 is in all of these (OpenSSL 1.1.1 is the last 1.1).
    private static readonly string[] Names = ["libssl.so.3", "libssl.so.1.1"];

    /// <summary>What is missing and how to get it, in one line; null if nothing is. To be asked before a key is touched.</summary>
    public static string? Fault() => OperatingSystem.IsLinux()
        ? Fault(name => NativeLibrary.TryLoad(name, out _), Environment.GetEnvironmentVariable(VersionVariable))
        : null;

    /// <summary>The same, by what <paramref name="isThere"/> says of a library.</summary>
    /// <param name="isThere">Whether a library can be loaded.</param>
    /// <param name="wanted">The version that the runtime was told to prefer; null for none.</param>
    internal static string? Fault(Func<string, bool> isThere, string? wanted) =>
        Names.Any(isThere) || (!string.IsNullOrEmpty(wanted) && isThere($"libssl.so.{wanted}"))
            ? null
            : "a cluster key needs OpenSSL 3 or 1.1 on this machine, there is no libssl: apt install libssl3, or dnf install openssl-libs";
}
