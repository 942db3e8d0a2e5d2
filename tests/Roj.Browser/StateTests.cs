using System.Text.Json;

namespace Roj.Browser;

/// <summary>What the page knows is a pure function of what it knew and what happened: asked by itself, without drawing anything.</summary>
/// <param name="browser">Chromium.</param>
public sealed class StateTests(Browser browser) : IClassFixture<Browser>
{
    // A node's view at a second, with those of whom a letter says that they are alive (upper case) or dead (lower case).
    private const string Words = """
        const { initial, reduce, shown, shownEvents, figures, isWanted, slotsOf } = await import('/page/state.js');
        const { keep, rewind } = await import('/page/history.js');
        const second = s => new Date(Date.UTC(2026, 0, 1) + s * 1000).toISOString();
        const view = (s, who, more = {}) => ({
          time: second(s), seq: 0, self: { id: 'a', name: 'a', cluster: 'c', mode: 'available', uptimeSeconds: s },
          nodes: [...who].map(one => ({ id: one.toLowerCase(), name: one.toLowerCase(), address: '10.0.0.1', httpPort: 7070,
            state: one === one.toUpperCase() ? 'alive' : 'dead', color: null, sinceSeconds: s, heardSeconds: 0 })),
          leader: { leader: { id: 'a', name: 'a' }, term: 1, mode: 'available', election: 'bully', history: [] },
          tokens: [], store: null, files: [], fileCount: 0, ...more });
        const see = (state, s, who, more) => reduce(state, { type: 'overview', view: view(s, who, more), now: s * 1000 });
        const event = (seq, s, kind, node, data) => ({ type: 'event', event: { seq, time: second(s), kind, node, data } });
        const names = frame => frame?.nodes.map(node => node.state === 'alive' ? node.name.toUpperCase() : node.name).join('');
        """;

    [Theory]
    // Nothing is shown before anything was heard; then what was heard last.
    [InlineData("[shown(initial), names(shown(see(see(initial, 1, 'A'), 2, 'AB')))]", """[null,"AB"]""")]
    // A moment is shown as it was, now as it is; a moment in the future is now.
    [InlineData(
        """
        (() => {
          const state = see(see(see(initial, 1, 'A'), 3, 'AB'), 5, 'Ab');
          const at = s => names(shown(reduce(state, { type: 'scrub', at: Date.parse(second(s)) })));
          return [at(1), at(2), at(4), at(5), at(99)];
        })()
        """,
        """["A","A","AB","Ab","Ab"]""")]
    // Before the first frame it is what the events say was so before.
    [InlineData(
        """
        (() => {
          let state = see(initial, 100, 'AbC');
          state = reduce(state, event(1, 40, 'member.alive', 'c', { before: null, state: 'alive' }));
          state = reduce(state, event(2, 70, 'member.dead', 'b', { before: 'alive', state: 'dead' }));
          const at = s => names(shown(reduce(state, { type: 'scrub', at: Date.parse(second(s)) })));
          return [at(80), at(60), at(30)];
        })()
        """,
        """["AbC","ABC","AB"]""")]
    // Ten minutes are kept, a frame a second, and of equal nodes one copy.
    [InlineData(
        """
        (() => {
          let state = initial;
          for (let s = 0; s <= 700; s += 0.5)
            state = see(state, s, 'AB', {});
          const [first, last] = [state.frames[0], state.frames.at(-1)];
          return [state.frames.length > 590 && state.frames.length < 640, (last.time - first.time) / 1000];
        })()
        """,
        "[true,600]")]
    [InlineData("[see(see(initial, 1, 'A'), 3, 'A')].map(s => s.frames[0].nodes[0] === s.frames[1].nodes[0])", "[true]")]
    // A clock that was set back takes the frames with it that are ahead of it.
    [InlineData("see(see(see(initial, 10, 'A'), 20, 'A'), 15, 'AB').frames.map(frame => names(frame))", """["A","AB"]""")]
    public async Task A_moment_is_shown_as_it_was(string what, string expected) =>
        Assert.Equal(expected, await TellAsync($"{Words} return {what};"));

    [Theory]
    // Told twice is told once, as after a connection was lost; a node's new life is news.
    [InlineData(
        """
        (() => {
          const once = reduce(see(initial, 5, 'A'), event(7, 4, 'member.left', 'b', {}));
          const twice = reduce(once, event(7, 4, 'member.left', 'b', {}));
          const reborn = see(twice, 6, 'A', { self: { id: 'a', name: 'a', cluster: 'c', mode: 'available', uptimeSeconds: 0 } });
          const missed = reduce(reborn, { type: 'missed', count: 3 });
          return [once.events.length, twice.events.length, reborn.events.at(-1).kind, missed.events.at(-1).data.missed];
        })()
        """,
        """[1,1,"page.restarted",3]""")]
    // Events are kept as many as a node remembers; a moment knows none of those after it.
    [InlineData(
        """
        (() => {
          let state = see(initial, 2000, 'A');
          for (let seq = 1; seq <= 1030; seq++)
            state = reduce(state, event(seq, 900 + seq, 'member.left', 'b', {}));
          return [state.events.length, shownEvents(reduce(state, { type: 'scrub', at: Date.parse(second(1929)) })).at(-1).seq];
        })()
        """,
        "[1024,1029]")]
    // A node that does not answer is lost only if it was there; without a token nothing else matters.
    [InlineData(
        """
        (() => {
          const lost = { type: 'lost', trouble: 'x' };
          const denied = reduce(initial, { type: 'denied', trouble: 'y' });
          const asked = reduce(denied, { type: 'asked' });
          return [reduce(initial, lost), reduce(see(initial, 1, 'A'), lost), reduce(denied, lost), asked].map(state => state.link);
        })()
        """,
        """["connecting","lost","denied","connecting"]""")]
    [InlineData(
        """
        (() => {
          const state = reduce(see(initial, 1, 'ABc'), { type: 'filter', text: ' B ' });
          const wanted = one => shown(one).nodes.filter(node => isWanted(one, node)).map(node => node.name).join('');
          const unwell = reduce(reduce(state, { type: 'filter', text: '' }), { type: 'unwell' });
          return [wanted(state), wanted(unwell), figures(shown(state)).here];
        })()
        """,
        """["b","c",2]""")]
    [InlineData(
        "[...slotsOf({ keepers: ['a', 'b'], slots: [[0, 1], [1], []] })]",
        """[["a",{"first":1,"all":1}],["b",{"first":1,"all":2}]]""")]
    [InlineData(
        """
        (() => {
          const one = reduce(initial, { type: 'select', id: 'a', isToggle: true });
          return [one, ...[true, false].map(isToggle => reduce(one, { type: 'select', id: 'a', isToggle }))].map(state => state.selected);
        })()
        """,
        """["a",null,"a"]""")]
    public async Task What_is_known_follows_from_what_happened(string what, string expected) =>
        Assert.Equal(expected, await TellAsync($"{Words} return {what};"));

    [Theory]
    [InlineData("""['id: 5\ndata: {"a":1}\n\n']""", """[{"id":"5","kind":"message","data":"{\"a\":1}"}]""")]
    [InlineData("""[':\n\n', 'event: missed\n', 'data: 3\n\n']""", """[{"id":null,"kind":"missed","data":"3"}]""")]
    [InlineData(
        """['da', 'ta:x\r', '\n\r\n', 'data: y\ndata: z\n', '\n']""",
        """[{"id":null,"kind":"message","data":"x"},{"id":null,"kind":"message","data":"y\nz"}]""")]
    [InlineData("""['data: cut off\n']""", "[]")]
    [InlineData("""['id: 5\n\n', 'data\n\n']""", """[{"id":null,"kind":"message","data":""}]""")]
    public async Task A_stream_is_read_in_whatever_pieces_it_comes(string pieces, string expected) => Assert.Equal(
        expected,
        await TellAsync(
            $$"""
            const { reader } = await import('/page/stream.js');
            const said = [];
            {{pieces}}.forEach(reader(one => said.push(one)));
            return said;
            """));

    [Theory]
    [InlineData(
        "ago(null), ago(undefined), ago(0.34), ago(75), ago(3700), span(60), size(1536), size(167772160), count(1234567)",
        """["never","–","0.3 s","1 min 15 s","1 h 1 min","1 min","1.5 KiB","160 MiB","1\u202F234\u202F567"]""")]
    [InlineData(
        "say({ kind: 'member.dead', node: '0123456789', data: null }), say({ kind: 'x.y', data: { message: 'z' } })",
        """["01234567 is dead","z"]""")]
    public async Task Words_are_those_of_people(string what, string expected)
    {
        var said = await TellAsync($"const {{ ago, span, size, count, say }} = await import('/page/words.js'); return [{what}];");
        Assert.Equal(JsonSerializer.Deserialize<string[]>(expected), JsonSerializer.Deserialize<string[]>(said));
    }

    [Theory]
    [InlineData("places(3, 200).nodes.map(node => [Math.round(node.x), Math.round(node.y)])", "[[0,-200],[173,100],[-173,100]]")]
    [InlineData(
        "[0, 76, 77, 300].map(count => [places(count, 200).lanes.length, places(count, 200).nodes.length])",
        "[[1,0],[1,76],[2,77],[3,300]]")]
    [InlineData("[onward(0, 1), onward(1, 0.5) > 6, onward(2, 2)]", "[1,true,2]")]
    public async Task Places_are_computed(string what, string expected) =>
        Assert.Equal(expected, await TellAsync($"const {{ places, onward }} = await import('/page/geometry.js'); return {what};"));

    private async Task<string> TellAsync(string body)
    {
        await using var stage = await Stage.StartAsync();
        await using var sight = await browser.LookAsync();
        await sight.OpenAsync(stage.Url + "page/icon.svg"); // an origin, and nothing that goes on
        return await sight.Page.EvaluateAsync<string>($"async () => JSON.stringify(await (async () => {{ {body} }})())");
    }
}
