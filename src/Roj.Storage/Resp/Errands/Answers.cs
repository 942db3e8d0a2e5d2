namespace Roj.Storage.Resp.Errands;

/// <summary>What answers cost.</summary>
internal static class Answers
{
    /// <summary>About how many bytes of a reply an answer makes.</summary>
    public static int Bytes(StorageAnswer answer)
    {
        switch (answer)
        {
            case StorageAnswer.Value { Data: { } data }:
                return data.Length;
            case StorageAnswer.Keys keys:
                var bytes = 0L;
                foreach (var name in keys.Names)
                    bytes += name.Length;
                return (int)Math.Min(bytes, int.MaxValue);
            default:
                return 0;
        }
    }
}
