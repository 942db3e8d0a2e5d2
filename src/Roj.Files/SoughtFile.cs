using Roj.Files.Metadata;

namespace Roj.Files;

/// <summary>Which file a swarm is about: described or named by the user, or else the first that somebody shares.</summary>
internal sealed class SoughtFile
{
    private const int UnusableMax = 16; // more such files in one cluster are fetched anew each time one is met

    private readonly List<Sha1Digest> unusable = [];
    private bool isGiven; // by the user: no other is taken up

    /// <summary>Its name; null while there is none.</summary>
    public Sha1Digest? InfoHash { get; private set; }

    /// <summary>The user wants this one.</summary>
    public void Give(Sha1Digest infoHash)
    {
        isGiven = true;
        InfoHash = infoHash;
    }

    /// <summary>Somebody shares a file, and we know of none, or of one that nobody is connected for; whether we want it now.</summary>
    public bool TakeUp(Sha1Digest infoHash, bool isAlone)
    {
        if (isGiven || (InfoHash is not null && !isAlone) || unusable.Contains(infoHash))
            return false;
        InfoHash = infoHash;
        return true;
    }

    /// <summary>It can't be shared here: whoever shares it is no liar, but nothing to us. Another may turn up.</summary>
    public void GiveUp(Sha1Digest infoHash)
    {
        if (unusable.Count == UnusableMax)
            unusable.RemoveAt(0);
        unusable.Add(infoHash);
        InfoHash = null;
    }
}
