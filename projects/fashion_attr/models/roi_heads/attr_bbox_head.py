"""The box head with a third branch beside class and box."""

from mmdet.models.layers import multiclass_nms
from mmdet.models.roi_heads.bbox_heads import ConvFCBBoxHead
from mmdet.registry import MODELS
from mmengine.config import ConfigDict
from mmengine.structures import InstanceData
from torch import Tensor, nn


@MODELS.register_module()
class AttrBBoxHead(ConvFCBBoxHead):
    r"""ConvFCBBoxHead with an attribute branch.

    .. code-block:: none

                                        /-> cls convs -> cls fcs -> cls
        RoI feat -> shared convs -> shared fcs -> reg convs -> reg fcs -> reg
                                        \-> attr_head (with the class) -> attr

    The attribute branch is not part of ``forward``: it runs on the foreground
    RoIs in training and on the detections that NMS kept in testing, never on
    all RoIs. :class:`AttrRoIHead` calls it.

    Args:
        attr_head (dict): Config of the attribute predictor, for example
            ``dict(type='FCAttrHead', num_fcs=2, class_specific=True)``; its
            ``in_channels`` and ``num_classes`` are filled in here.
        num_shared_fcs (int): Defaults to 2, as in mmdet's Shared2FCBBoxHead.
        kwargs: As for ConvFCBBoxHead.

    Raises:
        ValueError: If ``num_shared_fcs`` < 1, or if the predictor reads feature maps.
    """

    def __init__(self, attr_head: dict, num_shared_fcs: int = 2, **kwargs) -> None:
        if num_shared_fcs < 1:
            raise ValueError(
                f'num_shared_fcs should be at least 1, got {num_shared_fcs}: the '
                'attribute branch reads a feature vector'
            )
        super().__init__(num_shared_fcs=num_shared_fcs, **kwargs)
        self.attr_head = MODELS.build(
            dict(
                attr_head,
                in_channels=self.shared_out_channels,
                num_classes=self.num_classes,
            )
        )
        if self.attr_head.reads != 'vector':
            raise ValueError(
                f'{type(self.attr_head).__name__} reads feature maps: give AttrRoIHead '
                'a BoxAttrBranch with it, and a box head without attributes'
            )

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Class and box outputs of RoIs, and the features the branches share.

        Args:
            x (Tensor): (N, C, h, w) RoI features.

        Returns:
            tuple[Tensor, Tensor, Tensor]: class logits (N, K + 1), box deltas
            (N, 4 * K) and shared features (N, shared_out_channels).
        """
        shared = self._run(x, self.shared_convs, self.shared_fcs)
        cls_score = self.fc_cls(self._run(shared, self.cls_convs, self.cls_fcs))
        bbox_pred = self.fc_reg(self._run(shared, self.reg_convs, self.reg_fcs))
        return cls_score, bbox_pred, shared

    def _run(self, x: Tensor, convs: nn.ModuleList, fcs: nn.ModuleList) -> Tensor:
        for conv in convs:
            x = conv(x)
        if x.dim() > 2 and len(fcs):
            x = (self.avg_pool(x) if self.with_avg_pool else x).flatten(1)
        for fc in fcs:
            x = self.relu(fc(x))
        return x

    def _predict_by_feat_single(
        self,
        roi: Tensor,
        cls_score: Tensor,
        bbox_pred: Tensor,
        img_meta: dict,
        rescale: bool = False,
        rcnn_test_cfg: ConfigDict | None = None,
    ) -> InstanceData:
        """As in BBoxHead, but every detection remembers its RoI.

        Returns:
            InstanceData: bboxes (n, 4) xyxy, scores (n,), labels (n,) and
            ``roi_inds`` (n,): the row of ``roi`` that each came from.
        """
        # Without a test config BBoxHead returns all boxes and scores before NMS.
        raw = super()._predict_by_feat_single(
            roi, cls_score, bbox_pred, img_meta, rescale, rcnn_test_cfg=None
        )
        if rcnn_test_cfg is None:
            return raw
        dets, labels, inds = multiclass_nms(
            raw.bboxes,
            raw.scores,
            rcnn_test_cfg.score_thr,
            rcnn_test_cfg.nms,
            rcnn_test_cfg.max_per_img,
            return_inds=True,
        )
        return InstanceData(
            bboxes=dets[:, :-1],
            scores=dets[:, -1],
            labels=labels,
            roi_inds=inds // self.num_classes,
        )
