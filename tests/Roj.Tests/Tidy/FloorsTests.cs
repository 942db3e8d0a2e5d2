using Xunit;

namespace Roj.Tests.Tidy;

public sealed class FloorsTests
{
    [Fact]
    public void The_house_stands() => Breaches.None(Floors.InBreach(Repository.Files));

    [Fact]
    public void A_core_that_references_the_kernel_is_fine() =>
        Breaches.None(Floors.InBreach(House("Roj.Files", true, """<ProjectReference Include="../Roj.Kernel/Roj.Kernel.csproj" />""")));

    [Theory]
    [InlineData("Roj.Files", "Roj.Membership")] // beside
    [InlineData("Roj.Kernel", "Roj.Files")] // above
    [InlineData("Roj.Simulation", "Roj.Host")] // beside
    [InlineData("Roj.Cli", "Roj.Node")] // two floors down: through the host only
    public void A_reference_that_leaves_the_floors_is_caught(string project, string used) =>
        Breaches.One(
            Floors.InBreach(House(project, true, $"""<ProjectReference Include="../{used}/{used}.csproj" />""")),
            $"{project} may not reference {used}");

    [Fact]
    public void A_core_without_the_bans_is_caught() => Breaches.One(Floors.InBreach(House("Roj.Files", false, "")), "RojPure");

    [Fact]
    public void A_core_with_a_package_is_caught() =>
        Breaches.One(Floors.InBreach(House("Roj.Node", true, """<PackageReference Include="Polly" />""")), "has Polly");

    [Fact]
    public void A_core_that_borrows_the_files_of_another_is_caught() =>
        Breaches.One(Floors.InBreach(House("Roj.Node", true, """<Compile Include="../Roj.Host/Clock.cs" />""")), "Clock.cs");

    [Fact]
    public void A_project_on_no_floor_is_caught() => Breaches.One(Floors.InBreach(House("Roj.Attic", true, "")), "on no floor");

    [Fact]
    public void A_project_outside_the_solution_is_caught()
    {
        var bench = new TextFile("bench/Roj.Bench/Roj.Bench.csproj", "<Project />\n");
        Breaches.One(Floors.InBreach([.. House("Roj.Node", true, ""), bench]), "not in Roj.slnx");
    }

    private static List<TextFile> House(string project, bool pure, string item) =>
    [
        new("Roj.slnx", $"""<Solution><Project Path="src/{project}/{project}.csproj" /></Solution>"""),
        new(
            $"src/{project}/{project}.csproj",
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><RojPure>{(pure ? "true" : "false")}</RojPure></PropertyGroup>
              <ItemGroup>{item}</ItemGroup>
            </Project>
            """),
    ];
}
