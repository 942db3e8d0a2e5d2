namespace Roj.Cli.Up;

/// <summary>How <c>roj up</c> shows what happens: on a terminal, in lines, or to a program.</summary>
internal interface IUpReport
{
    /// <summary>Shows the cluster until <paramref name="watch"/> has come to its end.</summary>
    /// <param name="cluster">What to show.</param>
    /// <param name="watch">Goes on with the cluster; it is given what to call now and then, so that what is shown is how it is.</param>
    void Run(LocalCluster cluster, Action<Action> watch);

    /// <summary>Something happened.</summary>
    void Tell(UpEvent happened);
}
