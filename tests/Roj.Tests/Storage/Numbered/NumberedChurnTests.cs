using System.Globalization;
using System.Text;
using Roj.Kernel;
using Roj.Storage;
using Xunit;

namespace Roj.Tests.Storage.Numbered;

/// <summary>Servers and router come and go, clocks jump, messages are lost, as a seed says: what was acknowledged last is read, and in the
/// end all copies are equal.</summary>
public sealed class NumberedChurnTests
{
    private const int Servers = 4;
    private const int Steps = 150;

    private static readonly string[] names = [.. Enumerable.Range(0, 8).Select(i => $"key{i}")];

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(200)]
    [InlineData(300)]
    public void What_was_acknowledged_last_is_read(ulong first)
    {
        for (var seed = first; seed < first + 25; seed++)
            new Churn(seed).Run();
    }

    private sealed class Churn(ulong seed)
    {
        private readonly Rng rng = new(seed);
        private readonly NumberedLab lab = new(Servers);
        private readonly SortedDictionary<string, List<string?>> possible = []; // the last that was acknowledged, then what failed since
        private bool isLossy;
        private int written;

        public void Run()
        {
            lab.Loses = (_, _) => isLossy && rng.Next(20) == 0;
            foreach (var name in names)
                possible[name] = [null];
            for (var step = 0; step < Steps; step++)
                Step(step);
            Settle();
        }

        private void Step(int step)
        {
            var name = names[rng.Next(names.Length)];
            switch (rng.Next(12))
            {
                case 0:
                    var server = rng.Next(Servers);
                    if (lab.IsUp(server))
                        lab.Stop(server);
                    else
                        lab.Start(server);
                    break;
                case 1:
                    lab.StopRouter();
                    lab.Unix += rng.Next(7_200_000) - 3_600_000;
                    lab.StartRouter();
                    break;
                case 2:
                    lab.Pass(rng.Next(3000) / 1000.0);
                    break;
                case 3:
                    isLossy = !isLossy;
                    break;
                case 4:
                    Wrote(name, null, lab.Ask(new StorageCall.Delete(StoreLab.Key(name))));
                    break;
                case 5:
                    List(step);
                    break;
                case < 9:
                    var value = (++written).ToString(CultureInfo.InvariantCulture);
                    Wrote(name, value, lab.Ask(new StorageCall.Write(StoreLab.Key(name), Encoding.ASCII.GetBytes(value))));
                    break;
                default:
                    Read(name, step);
                    break;
            }
        }

        private void Wrote(string name, string? value, StorageAnswer? answer)
        {
            if (answer is StorageAnswer.Done)
                possible[name].Clear();
            possible[name].Add(value);
        }

        private void Read(string name, int step)
        {
            switch (lab.Ask(new StorageCall.Read(StoreLab.Key(name))))
            {
                case StorageAnswer.Value value:
                    var read = value.Data is { } data ? Encoding.ASCII.GetString(data.Span) : null;
                    Assert.True(possible[name].Contains(read), $"seed {seed}, step {step}: {name} is {read}, not {Text(name)}");
                    break;
                case var answer:
                    var fault = Assert.IsType<StorageAnswer.Failed>(answer).Fault;
                    var isDown = ServerNumbers.Of(FirstOf(name), Servers, 2).All(server => !lab.IsUp(server));
                    Assert.True(isDown ? fault is StorageFault.NoServer : isLossy, $"seed {seed}, step {step}: {name}: {fault}");
                    break;
            }
        }

        private void List(int step)
        {
            if (lab.Ask(new StorageCall.List(0, 0, 100)) is not StorageAnswer.Keys keys)
                return;
            var listed = keys.Names.Select(name => Encoding.ASCII.GetString(name.Span)).ToArray();
            foreach (var name in names)
            {
                var isUp = ServerNumbers.Of(FirstOf(name), Servers, 2).Any(lab.IsUp);
                var isRight = listed.Contains(name)
                    ? possible[name].Exists(value => value is not null)
                    : !isUp || possible[name].Contains(null);
                Assert.True(isRight, $"seed {seed}, step {step}: {name} is {Text(name)}, listed: {string.Join(' ', listed)}");
            }
        }

        private void Settle()
        {
            isLossy = false;
            for (var server = 0; server < Servers; server++)
            {
                if (!lab.IsUp(server))
                    lab.Start(server);
            }

            lab.Pass(20);
            Assert.True(lab.Router.Hints == 0, $"seed {seed}: {lab.Router.Hints} wait");
            foreach (var name in names)
            {
                Read(name, Steps);
                lab.Pass(1);
                var copies = lab.Copies(name).Split(' ');
                Assert.True(
                    ServerNumbers.Of(FirstOf(name), Servers, 2).Select(server => copies[server]).Distinct().Count() == 1,
                    $"seed {seed}: {name}: {lab.Copies(name)}");
            }
        }

        private string Text(string name) => string.Join(" or ", possible[name].Select(value => value ?? "nothing"));

        private static int FirstOf(string name) => ServerNumbers.FirstOf(Encoding.ASCII.GetBytes(name), Servers);
    }
}
