namespace Roj;

/// <summary>A node can't begin, or can't go on. The message is one line that says what is wrong, and what to do.</summary>
/// <param name="message">That line.</param>
/// <param name="inner">What led to it; null if nothing but that.</param>
public sealed class RojException(string message, Exception? inner = null) : Exception(message, inner);
