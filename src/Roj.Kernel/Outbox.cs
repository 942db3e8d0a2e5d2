namespace Roj.Kernel;

/// <summary>What a core asks of the world, in order. A core writes here and nowhere else.</summary>
/// <remarks>
/// <para>Whoever calls a core drains the outbox completely, front to back, before the next call. A send that stands behind an effect
/// which makes something durable must wait for that effect: "save before you speak" is the order of this list.</para>
/// <para>Not thread-safe: it belongs to the core's one caller.</para>
/// </remarks>
/// <typeparam name="TTo">How the core names a receiver: a node, an endpoint, a connection.</typeparam>
/// <typeparam name="TMessage">The family of messages it sends.</typeparam>
/// <typeparam name="TEvent">The family of events it tells its own node.</typeparam>
/// <typeparam name="TEffect">The family of effects it asks of its host; their completions come back as inputs.</typeparam>
public sealed class Outbox<TTo, TMessage, TEvent, TEffect>
    where TMessage : class
    where TEvent : class
    where TEffect : class
{
    private readonly List<Output<TTo, TMessage, TEvent, TEffect>> outputs = [];

    /// <summary>How many outputs wait.</summary>
    public int Count => outputs.Count;

    /// <summary>The output at <paramref name="index"/>, counted from the front.</summary>
    public Output<TTo, TMessage, TEvent, TEffect> this[int index] => outputs[index];

    /// <summary>Asks for <paramref name="message"/> to be sent to <paramref name="to"/>.</summary>
    public void Send(TTo to, TMessage message) => outputs.Add(new(to, message, null, null));

    /// <summary>Tells the own node that something happened.</summary>
    public void Emit(TEvent what) => outputs.Add(new(default, null, what, null));

    /// <summary>Asks the host to act.</summary>
    public void Do(TEffect effect) => outputs.Add(new(default, null, null, effect));

    /// <summary>Forgets everything: called when all of it has been carried out.</summary>
    public void Clear() => outputs.Clear();
}
