namespace Roj.Tests.Files;

/// <summary>Literal bytes for tests.</summary>
internal static class Hex
{
    /// <summary>Reads hexadecimal digits; spaces are for people.</summary>
    internal static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

    /// <summary>One byte a character: lets bencoding be written as it looks.</summary>
    internal static byte[] Latin(string text) => System.Text.Encoding.Latin1.GetBytes(text);
}
