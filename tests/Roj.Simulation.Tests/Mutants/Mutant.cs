namespace Roj.Simulation.Tests.Mutants;

/// <summary>The production code with one line sabotaged: the simulation must notice.</summary>
/// <param name="Name">What the sabotage is, in words.</param>
/// <param name="File">The source file, below src/.</param>
/// <param name="Line">A text that stands there exactly once.</param>
/// <param name="Becomes">What stands there instead.</param>
/// <param name="Seeds">Within how many seeds it must be caught.</param>
public sealed record Mutant(string Name, string File, string Line, string Becomes, int Seeds)
{
    /// <summary>The project that the file belongs to.</summary>
    public string Project => File[..File.IndexOf('/', StringComparison.Ordinal)];

    /// <summary>The name, for the list of tests.</summary>
    public override string ToString() => Name;
}
