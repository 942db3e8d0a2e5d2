namespace Roj.SwarmBench.Subjects;

/// <summary>A tool that brings a file to many machines.</summary>
internal abstract class Subject
{
    /// <summary>What it is called in --tools and in the tables.</summary>
    public abstract string Name { get; }

    /// <summary>What it is, for a reader of the tables.</summary>
    public abstract string What { get; }

    /// <summary>What it needs on this machine.</summary>
    public virtual IReadOnlyList<Requirement> Needs => [];

    /// <summary>Whether the seeder sends the file to each receiver by itself: over a shaped link that is dull, and takes long.</summary>
    public virtual bool IsFanOut => false;

    /// <summary>Done once, before any clock runs.</summary>
    public virtual void Prepare()
    {
    }

    /// <summary>
    /// Does everything from describing the file to starting the last receiver, and tells the race of each receiver that has the file.
    /// </summary>
    public abstract void Start(Race race);
}
