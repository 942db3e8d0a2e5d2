namespace Roj.EndToEnd;

/// <summary>The lab can't do what was asked, or a program in it did what it must not; the message says which and why.</summary>
internal sealed class LabException(string message) : Exception(message);
