using Roj.Files.Metadata;

namespace Roj.Host.Sharing;

/// <summary>Where a shared file is on disk.</summary>
/// <param name="PathOf">Its path, once its description is known; asked for each time that it is opened.</param>
/// <param name="IsReadOnly">Whether it is the user's: it is read and never made, cut or written; when it is not what it was described to
/// be any more, it is given up.</param>
internal sealed record DataPlace(Func<InfoDictionary, string> PathOf, bool IsReadOnly = false)
{
    /// <summary>A place that is known beforehand.</summary>
    public static DataPlace At(string path) => new(_ => path);
}
