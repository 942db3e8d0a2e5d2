namespace Roj.Host.Storage;

/// <summary>Somebody with a socket that is looked after.</summary>
internal interface IPolled
{
    /// <summary>It can be read from, or written to, or has ended.</summary>
    void Ready(bool reads, bool writes);
}
