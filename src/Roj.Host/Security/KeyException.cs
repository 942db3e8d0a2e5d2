namespace Roj.Host.Security;

/// <summary>A key can't be read or kept; the message is one line that says why, and holds nothing secret.</summary>
/// <param name="message">The line.</param>
public sealed class KeyException(string message) : Exception(message);
