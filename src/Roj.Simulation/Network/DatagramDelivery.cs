namespace Roj.Simulation.Network;

/// <summary>A datagram on its way. The network uses the object again when it has arrived.</summary>
internal sealed class DatagramDelivery(SimNetwork network) : Scheduled
{
    private bool passedInterface;

    internal Machine To { get; private set; } = null!;

    internal Input Input { get; private set; }

    internal void Begin(Machine to, in Input input)
    {
        To = to;
        Input = input;
        passedInterface = false;
    }

    internal override void Happen()
    {
        if (!passedInterface && Input.From.Address != To.Address && network.Ingress(To) is { IsCapped: true } ingress)
        {
            passedInterface = true;
            if (!ingress.TryTake(Input.Length, out var passed))
                network.DropAtInterface(this);
            else
                network.World.Schedule(passed, this);
            return;
        }

        network.Arrive(this);
    }
}
