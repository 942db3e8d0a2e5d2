namespace Roj.Log;

/// <summary>What was found under a key.</summary>
public enum LogFinding
{
    /// <summary>Its latest value.</summary>
    Found,

    /// <summary>Nothing: it was never written, or removed since.</summary>
    Absent,

    /// <summary>There is, or may be, a value, but the disk doesn't give it back as it was written: it must be had from elsewhere.</summary>
    Damaged,
}
