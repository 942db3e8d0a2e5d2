using System.Text;
using Roj.Storage.Resp.Commands;
using Xunit;

namespace Roj.Tests.Storage.Resp;

/// <summary>The table of commands, and what it says about itself.</summary>
public sealed class CommandTableTests
{
    [Fact]
    public void Each_command_is_found_in_whatever_case()
    {
        foreach (var command in CommandTable.All)
        {
            Assert.Same(command, CommandTable.Find(command.Bytes));
            Assert.Same(command, CommandTable.Find(Encoding.ASCII.GetBytes(command.Name.ToUpperInvariant())));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("g")]
    [InlineData("gett")]
    [InlineData("zz")]
    [InlineData("g\u00e9t")]
    [InlineData("a name that is longer than all names are")]
    public void Nothing_else_is(string name) => Assert.Null(CommandTable.Find(RespClient.Bytes(name)));

    [Fact]
    public void Names_are_there_once() =>
        Assert.Equal(CommandTable.All.Count, CommandTable.All.Select(command => command.Name).Distinct().Count());

    [Fact]
    public void The_table_is_shown()
    {
        var client = new RespClient();
        Assert.Equal($":{CommandTable.All.Count}\r\n", client.Say("COMMAND COUNT"));
        Assert.StartsWith($"*{CommandTable.All.Count}\r\n*10\r\n", client.Say("COMMAND"), StringComparison.Ordinal);
        Assert.StartsWith($"*{CommandTable.All.Count * 2}\r\n", client.Say("COMMAND DOCS"), StringComparison.Ordinal);
        Assert.StartsWith($"*{CommandTable.All.Count}\r\n$6\r\nappend\r\n", client.Say("COMMAND LIST"), StringComparison.Ordinal);
        Assert.Equal(
            "*2\r\n*10\r\n$3\r\nget\r\n:2\r\n*2\r\n+readonly\r\n+fast\r\n:1\r\n:1\r\n:1\r\n*0\r\n*0\r\n*0\r\n*0\r\n$-1\r\n",
            client.Say("COMMAND INFO get nope"));
        Assert.Equal(
            "*2\r\n$3\r\nget\r\n*4\r\n$7\r\nsummary\r\n$17\r\nWhat a key holds.\r\n$5\r\ngroup\r\n$6\r\nstring\r\n",
            client.Say("COMMAND DOCS get"));
    }

    [Fact]
    public void With_too_few_words_each_command_says_its_name()
    {
        foreach (var command in CommandTable.All.Where(command => Math.Abs(command.Arity) > 1))
            Assert.Equal($"-ERR wrong number of arguments for '{command.Name}' command\r\n", new RespClient().Say(command.Name));
    }

    [Fact]
    public void With_too_many_words_so_does_each_that_has_its_number()
    {
        foreach (var command in CommandTable.All.Where(command => command.Arity > 0))
        {
            var said = command.Name + string.Concat(Enumerable.Repeat(" x", command.Arity));
            Assert.Equal($"-ERR wrong number of arguments for '{command.Name}' command\r\n", new RespClient().Say(said));
        }
    }
}
