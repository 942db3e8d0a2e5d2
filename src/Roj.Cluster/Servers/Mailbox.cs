namespace Roj;

/// <summary>Answers that were asked for and wait to be taken out.</summary>
/// <param name="max">How many at most, those that have not come yet too.</param>
internal sealed class Mailbox(int max)
{
    private const int KeysMax = 64;

    private readonly Dictionary<string, TaskCompletionSource<byte[]>> letters = []; // its own gate
    private Task<IReadOnlyList<string>>? keys;
    private int comingKeys;

    /// <summary>An answer will come, in place of an earlier one.</summary>
    /// <returns>Where it is to be put.</returns>
    public TaskCompletionSource<byte[]> Expect(string key)
    {
        var letter = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = letter.Task.ContinueWith(static task => task.Exception, TaskScheduler.Default); // if nobody takes it out
        lock (letters)
        {
            if (letters.Count >= max && !letters.ContainsKey(key))
                throw new RojStorageException(RojStorageProblem.Full, $"{max} answers lie in the mailbox, or are on their way to it");
            letters[key] = letter;
        }

        return letter;
    }

    /// <summary>It will not come.</summary>
    public void Forget(string key, TaskCompletionSource<byte[]> letter)
    {
        lock (letters)
        {
            if (letters.TryGetValue(key, out var last) && last == letter)
                letters.Remove(key);
        }
    }

    /// <summary>Whether it has come.</summary>
    public bool Has(string key)
    {
        lock (letters)
            return letters.TryGetValue(key, out var letter) && letter.Task.IsCompleted;
    }

    /// <summary>Takes it out.</summary>
    public byte[] Take(string key)
    {
        lock (letters)
        {
            if (!letters.TryGetValue(key, out var letter) || !letter.Task.IsCompleted)
                throw new KeyNotFoundException($"no answer for '{key}' has come");
            letters.Remove(key);
            return letter.Task.GetAwaiter().GetResult();
        }
    }

    /// <summary>Keys will come, in place of those that came earlier.</summary>
    public void ExpectKeys(Func<Task<IReadOnlyList<string>>> ask)
    {
        lock (letters)
        {
            if (comingKeys >= KeysMax)
                throw new RojStorageException(RojStorageProblem.Full, $"{KeysMax} lists of keys are on their way to the mailbox");
            comingKeys++;
        }

        var coming = ask();
        lock (letters)
            keys = coming;
        _ = coming.ContinueWith(Came, TaskScheduler.Default);
    }

    /// <summary>Takes them out.</summary>
    public IReadOnlyList<string> TakeKeys()
    {
        lock (letters)
        {
            if (keys is not { IsCompleted: true } come)
                return [];
            keys = null;
            return come.GetAwaiter().GetResult();
        }
    }

    private void Came(Task<IReadOnlyList<string>> come)
    {
        _ = come.Exception; // if nobody takes them out
        lock (letters)
            comingKeys--;
    }
}
