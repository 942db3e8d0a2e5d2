using System.Runtime.InteropServices;

namespace Roj.Host.Security;

/// <summary>Whether the machine has what the runtime needs for cryptography: on Linux it loads OpenSSL when it is first asked for any,
/// and ends the process with a stack trace if there is none.</summary>
public static partial class TlsLibrary
{
    private const string VersionVariable = "CLR_OPENSSL_VERSION_OVERRIDE"; // the runtime's own

    // TLS 1.3 is in all of these (OpenSSL 1.1.1 is the last 1.1).
    private static readonly string[] Names = ["libssl.so.3", "libssl.so.1.1"];

    /// <summary>What is missing and how to get it, in one line; null if nothing is. To be asked before a key is touched.</summary>
    public static string? Fault() => OperatingSystem.IsLinux()
        ? Fault(name => NativeLibrary.TryLoad(name, out _), Environment.GetEnvironmentVariable(VersionVariable))
        : null;

    /// <summary>Has this process know no authority but the cluster's keys. To be called before a key is touched, by a program that asks
    /// nobody else by TLS.</summary>
    /// <remarks>Whenever a certificate is prepared for use the runtime reads all authorities that the system trusts, some hundred and
    /// fifty files, which takes a tenth of a second and megabytes; ours are judged without them. What names the place of those files is
    /// the environment that OpenSSL sees, which is not the one of <see cref="Environment"/>.</remarks>
    public static void TrustNobodyElse()
    {
        if (!OperatingSystem.IsLinux())
            return;
        Environment.GetEnvironmentVariables(); // kept by the runtime from here on: children get it as it was
        foreach (var name in (string[])["SSL_CERT_DIR", "SSL_CERT_FILE"])
            SetEnv(name, "/dev/null", overwrite: 1);
    }

    /// <summary>What is missing, by what <paramref name="isThere"/> says of a library.</summary>
    /// <param name="isThere">Whether a library can be loaded.</param>
    /// <param name="wanted">The version that the runtime was told to prefer; null for none.</param>
    internal static string? Fault(Func<string, bool> isThere, string? wanted) =>
        Names.Any(isThere) || (!string.IsNullOrEmpty(wanted) && isThere($"libssl.so.{wanted}"))
            ? null
            : "a cluster key needs OpenSSL 3 or 1.1 on this machine, there is no libssl: apt install libssl3, or dnf install openssl-libs";

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnv(string name, string value, int overwrite);
}
