using System.Net;
using System.Text;
using Roj.Storage;

namespace Roj;

/// <summary>Checks what users say.</summary>
internal static class StorageArguments
{
    private static readonly UTF8Encoding strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static IPEndPoint Place(string ip, int port, int portMin, string ipName, string portName)
    {
        ArgumentNullException.ThrowIfNull(ip, ipName);
        ArgumentOutOfRangeException.ThrowIfLessThan(port, portMin, portName);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, IPEndPoint.MaxPort, portName);
        return IPAddress.TryParse(ip, out var address)
            ? new IPEndPoint(address, port)
            : throw new ArgumentException($"'{ip}' is no IP address", ipName);
    }

    public static string Path(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return System.IO.Path.GetFullPath(path);
    }

    public static byte[] Key(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        byte[] bytes;
        try
        {
            bytes = strict.GetBytes(key);
        }
        catch (EncoderFallbackException e)
        {
            throw new ArgumentException("a key is text that can be written in UTF-8", nameof(key), e);
        }

        return bytes.Length is > 0 and <= StorageLimits.KeyBytesMax
            ? bytes
            : throw new ArgumentException(
                $"a key has 1 to {StorageLimits.KeyBytesMax} bytes in UTF-8; this one has {bytes.Length}", nameof(key));
    }

    public static ReadOnlyMemory<byte> Value(ReadOnlyMemory<byte> value) => value.Length <= StorageLimits.ValueBytesMax
        ? value
        : throw new ArgumentException(
            $"a value has at most {StorageLimits.ValueBytesMax} bytes; this one has {value.Length}", nameof(value));
}
