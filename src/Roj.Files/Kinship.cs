using Roj.Files.Metadata;

namespace Roj.Files;

/// <summary>Whether what a peer serves is our file, under our name for it or another.</summary>
internal static class Kinship
{
    /// <summary>Judges a candidate by what it said that it serves: again when the description becomes known.</summary>
    public static void Judge(Candidates candidates, Candidate candidate, Sha1Digest? infoHash, InfoDictionary? info)
    {
        if (candidate.Served is not { } files)
            return;
        var ours = files.Where(file => IsOurs(file, infoHash, info)).Select(file => file.InfoHash).FirstOrDefault();
        candidates.Judge(
            candidate,
            alias: ours == infoHash || ours.IsZero ? null : ours,
            isForeign: info is not null && files.Count > 0 && ours.IsZero);
    }

    private static bool IsOurs(ServedFile file, Sha1Digest? infoHash, InfoDictionary? info) => file.InfoHash == infoHash
        || (info is not null && FileName.Fault(file.Name) is null && info.Renamed(file.Name).InfoHash == file.InfoHash);
}
