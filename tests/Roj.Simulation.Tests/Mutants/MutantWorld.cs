using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Roj.Simulation.Swarms;
using Xunit;

namespace Roj.Simulation.Tests.Mutants;

/// <summary>The simulation, loaded a second time around one project that was compiled anew with a mutant in it.</summary>
internal sealed class MutantWorld : IDisposable
{
    private const string ImplicitUsings =
        "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; "
        + "global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;"
        + "[assembly: System.Runtime.CompilerServices.InternalsVisibleTo(\"Roj.Simulation\")]";

    private static readonly CSharpParseOptions parse = new(LanguageVersion.CSharp14);

    // As they are, for the next mutant too: what is read and declared in the other files stays as it is.
    private static readonly ConcurrentDictionary<string, Lazy<Project>> projects = new(StringComparer.Ordinal);

    private readonly MutantContext context;
    private readonly ConstructorInfo constructor;
    private readonly MethodInfo run;

    private MutantWorld(string project, byte[] assembly, Type run)
    {
        context = new MutantContext(project, assembly);
        var simulation = context.LoadFromAssemblyPath(run.Assembly.Location);
        var type = simulation.GetType(run.FullName!)!;
        constructor = type.GetConstructor([typeof(ulong), typeof(Action<string>)])!;
        this.run = type.GetMethod(nameof(SwarmRun.Run))!;
    }

    /// <summary>Compiles the mutant's project and loads the simulation around it.</summary>
    /// <param name="mutant">What is sabotaged.</param>
    /// <param name="run">What runs a seed: <see cref="SwarmRun"/>, or another with the same constructor and <see
    /// cref="SwarmRun.Run"/>.</param>
    public static MutantWorld Build(Mutant mutant, Type run)
    {
        var (compilation, trees) = projects.GetOrAdd(mutant.Project, name => new Lazy<Project>(() => Read(name))).Value;
        var path = Path.Combine(Root(), "src", mutant.File.Replace('/', Path.DirectorySeparatorChar));
        var sabotaged = CSharpSyntaxTree.ParseText(Sabotage(mutant, path), parse);
        using var assembly = new MemoryStream();
        var result = compilation.ReplaceSyntaxTree(trees[path], sabotaged).Emit(assembly);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error)));
        return new MutantWorld(mutant.Project, assembly.ToArray(), run);
    }

    /// <summary>Runs a seed; what went wrong, or null.</summary>
    /// <remarks>Only what a run says, or an assertion, counts. Any other exception tells that the mutant broke the program, not that its
    /// rule was missed: it is thrown on, and fails the test.</remarks>
    public string? Run(ulong seed)
    {
        try
        {
            return (string?)run.Invoke(constructor.Invoke([seed, null]), []);
        }
        catch (TargetInvocationException e) when (IsCatch(e.InnerException))
        {
            return $"threw {e.InnerException}";
        }
    }

    public void Dispose() => context.Unload();

    private static Project Read(string name)
    {
        var trees = Directory.GetFiles(Path.Combine(Root(), "src", name), "*.cs", SearchOption.AllDirectories)
            .ToImmutableSortedDictionary(
                path => path, path => CSharpSyntaxTree.ParseText(File.ReadAllText(path), parse), StringComparer.Ordinal);
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileNameWithoutExtension(path) != name)
            .Select(path => MetadataReference.CreateFromFile(path));
        var options = new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary,
            optimizationLevel: OptimizationLevel.Release,
            nullableContextOptions: NullableContextOptions.Enable);
        var all = trees.Values.Append(CSharpSyntaxTree.ParseText(ImplicitUsings, parse));
        return new Project(CSharpCompilation.Create(name, all, references, options), trees);
    }

    // By name: the loaded simulation has types of its own.
    private static bool IsCatch(Exception? e) =>
        e is UnreachableException || e?.GetType().FullName == typeof(BrokenInvariantException).FullName;

    private static string Sabotage(Mutant mutant, string path)
    {
        var text = File.ReadAllText(path);
        // A mutant that fits nowhere, or twice, is out of date.
        Assert.Single(text.Split(mutant.Line).Skip(1));
        return text.Replace(mutant.Line, mutant.Becomes, StringComparison.Ordinal);
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Roj.slnx")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("No Roj.slnx above the test program, which needs the sources.");
        return folder.FullName;
    }

    private sealed record Project(CSharpCompilation Compilation, ImmutableSortedDictionary<string, SyntaxTree> Trees);

    /// <summary>Has its own copies of the mutant and of all that stands on it; what stands below is shared, and compiled well by
    /// then.</summary>
    private sealed class MutantContext(string project, byte[] assembly) : AssemblyLoadContext(isCollectible: true)
    {
        protected override Assembly? Load(AssemblyName assemblyName)
        {
            if (assemblyName.Name == project)
                return LoadFromStream(new MemoryStream(assembly));
            return StandsOnMutant(assemblyName)
                ? LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, assemblyName.Name + ".dll"))
                : null;
        }

        private bool StandsOnMutant(AssemblyName name) =>
            name.Name!.StartsWith("Roj.", StringComparison.Ordinal)
            && Default.LoadFromAssemblyName(name).GetReferencedAssemblies().Any(one => one.Name == project || StandsOnMutant(one));
    }
}
