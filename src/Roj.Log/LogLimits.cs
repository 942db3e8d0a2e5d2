namespace Roj.Log;

/// <summary>How large a record may be.</summary>
public static class LogLimits
{
    /// <summary>Bytes of the longest key: 64 KiB, and room for what the wings put before it.</summary>
    public const int KeyBytesMax = 65_600;

    /// <summary>Bytes of the longest value: 16 MiB, and room for what the wings put before it.</summary>
    public const int ValueBytesMax = 17 << 20;
}
