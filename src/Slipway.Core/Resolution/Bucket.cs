using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Slipway.Core.Resolution;

/// <summary>Where a unit of traffic falls: the same bucket in every SDK and gateway, for ever.</summary>
public static class Bucket
{
    private const uint C1 = 0xcc9e2d51, C2 = 0x1b873593;

    /// <summary>The bucket of a unit within a rollout.</summary>
    /// <param name="salt">Drawn once per rollout, so that each rollout has other first users.</param>
    /// <param name="unitKey">The sticky unit, e.g. a conversation id; taken as it is, without case folding.</param>
    /// <returns>0 to 999,999.</returns>
    public static int Of(string salt, string unitKey) => new Salted(salt).Of(unitKey);

    /// <summary>MurmurHash3 x86 32-bit with seed 0.</summary>
    public static uint Hash(ReadOnlySpan<byte> bytes) => Finish(Blocks(0, bytes), bytes[(bytes.Length & ~3)..], bytes.Length);

    private static uint Blocks(uint hash, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= 4; bytes = bytes[4..])
        {
            hash ^= BitOperations.RotateLeft(BinaryPrimitives.ReadUInt32LittleEndian(bytes) * C1, 15) * C2;
            hash = BitOperations.RotateLeft(hash, 13) * 5 + 0xe6546b64;
        }
        return hash;
    }

    private static uint Finish(uint hash, ReadOnlySpan<byte> tail, int length)
    {
        if (!tail.IsEmpty)
        {
            var last = 0u;
            for (var i = tail.Length - 1; i >= 0; i--) last = last << 8 | tail[i];
            hash ^= BitOperations.RotateLeft(last * C1, 15) * C2;
        }
        hash ^= (uint)length;
        hash = (hash ^ hash >> 16) * 0x85ebca6b;
        hash = (hash ^ hash >> 13) * 0xc2b2ae35;
        return hash ^ hash >> 16;
    }

    /// <summary>A salt, hashed as far as that goes without the unit: a rollout has one, and a request for every unit.</summary>
    internal readonly struct Salted
    {
        private readonly uint hash, rest;
        private readonly int length;

        public Salted(string salt)
        {
            ArgumentNullException.ThrowIfNull(salt);
            var bytes = Encoding.UTF8.GetBytes(salt + '\0');
            (hash, length) = (Blocks(0, bytes), bytes.Length);
            for (var i = bytes.Length - 1; i >= (bytes.Length & ~3); i--) rest = rest << 8 | bytes[i];
        }

        /// <summary>The unit's bucket, 0 to 999,999.</summary>
        public int Of(string unitKey)
        {
            ArgumentNullException.ThrowIfNull(unitKey);
            Span<byte> few = stackalloc byte[128];
            if (Encoding.UTF8.TryGetBytes(unitKey, few[(length & 3)..], out var written)) return Of(few, written);
            var rented = ArrayPool<byte>.Shared.Rent((length & 3) + Encoding.UTF8.GetMaxByteCount(unitKey.Length));
            var bucket = Of(rented, Encoding.UTF8.GetBytes(unitKey, rented.AsSpan(length & 3)));
            ArrayPool<byte>.Shared.Return(rented);
            return bucket;
        }

        // What is left over of the salt stands before the unit; together they are hashed on from where the salt ended.
        private int Of(Span<byte> bytes, int written)
        {
            for (var i = 0; i < (length & 3); i++) bytes[i] = (byte)(rest >> 8 * i);
            ReadOnlySpan<byte> all = bytes[..((length & 3) + written)];
            var whole = Finish(Blocks(hash, all), all[(all.Length & ~3)..], length + written);
            // Integers only: a float that rounds differently in another SDK would move people between arms.
            return (int)(((ulong)whole * 1_000_000) >> 32);
        }
    }
}
