namespace Roj.Host.Security;

/// <summary>The keyring of a running node, which changes when the cluster's keys are rotated. From any thread.</summary>
/// <param name="ring">What it begins with.</param>
internal sealed class ClusterKeys(Keyring ring)
{
    private readonly Lock gate = new();
    private volatile Keyring current = ring;

    /// <summary>The one in force: whoever keeps something made of it looks whether it is still the same.</summary>
    public Keyring Current => current;

    /// <summary>Told of each ring that comes into force, by whoever puts it there.</summary>
    public Action<Keyring>? Changed { get; set; }

    /// <summary>Puts a newer one in force.</summary>
    /// <param name="next">The new one.</param>
    /// <param name="keep">Has it survive this process; what it throws leaves the old one in force.</param>
    /// <returns>Whether it was newer.</returns>
    public bool Take(Keyring next, Action<Keyring> keep)
    {
        lock (gate)
        {
            if (!next.IsNewerThan(current))
                return false;
            keep(next);
            current = next;
        }

        Changed?.Invoke(next);
        return true;
    }

    /// <summary>Lets go of all keys but the first (<see cref="Keyring.Lapse"/>).</summary>
    /// <param name="keep">Has the ring survive this process; what it throws leaves the old one in force.</param>
    public void Lapse(Action<Keyring> keep)
    {
        Keyring next;
        lock (gate)
        {
            keep(next = current.Lapse());
            current = next;
        }

        Changed?.Invoke(next);
    }
}
