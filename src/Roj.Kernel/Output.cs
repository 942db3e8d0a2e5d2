namespace Roj.Kernel;

/// <summary>One thing that a core asked for.</summary>
/// <remarks>Exactly one of <see cref="Message"/>, <see cref="Event"/> and <see cref="Effect"/> is set.</remarks>
/// <param name="To">The receiver of the message.</param>
/// <param name="Message">A message to send.</param>
/// <param name="Event">Something that happened.</param>
/// <param name="Effect">Something to be done.</param>
/// <typeparam name="TTo">How the core names a receiver.</typeparam>
/// <typeparam name="TMessage">The family of messages.</typeparam>
/// <typeparam name="TEvent">The family of events.</typeparam>
/// <typeparam name="TEffect">The family of effects.</typeparam>
public readonly record struct Output<TTo, TMessage, TEvent, TEffect>(TTo? To, TMessage? Message, TEvent? Event, TEffect? Effect)
    where TMessage : class
    where TEvent : class
    where TEffect : class;
